using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <summary>A process: a program's memory and registers.</summary>
/// <remarks>
/// The object is small; what a program can make large, its areas and pages, lies in raw blocks and frames that its limits bound. It has no kernel
/// stack: see <see cref="UserMode"/>.
/// </remarks>
public sealed unsafe partial class Process
{
    /// <summary>As wait4 tells it: the process goes on.</summary>
    public const int ContinuedStatus = 0xFFFF;

    private const ulong FirstInterrupt = 32;
    private const ulong PageFaultVector = 14;

    private const ulong NotLoaded = ulong.MaxValue;

    private static FaultLog s_faults;

    private UserSpace* _space;
    private Process? _lender;
    private FutexWait _futex;
    private AlarmClock _alarm;
    private uint _fileMask = 18; // umask(2): rwxr-xr-x.
    private ProgramMemory _memory;
    private ProgramState _state;
    private ulong _loadedAt = NotLoaded; // The switch of tables by which its own were loaded last.
    private ulong _fsBase;
    private ulong _gsBase;

    private Process(in UserPlaces places) => Places = places;

    /// <summary>Whether nobody will ask how it ended: then it is forgotten when it has.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Its number; a process table gives it.</summary>
    public int Id { get; set; }

    /// <summary>The number of the process that made it; 0 for the shell's.</summary>
    public int ParentId { get; set; }

    /// <summary>The number of its process group, to all of which signals can be sent: that of who made it, or its own.</summary>
    public int GroupId { get; set; }

    /// <summary>How often it was its turn.</summary>
    public ulong Turns { get; set; }

    /// <summary>The last faults of all processes.</summary>
    public static ref readonly FaultLog FaultLog => ref s_faults;

    /// <summary>The ticks of the timer, milliseconds, that came while it ran.</summary>
    public ulong Ticks { get; set; }

    /// <summary>Those of its children that it has waited for.</summary>
    public ulong ChildTicks { get; set; }

    /// <summary>What it runs.</summary>
    public string Name { get; set; } = "";

    /// <summary>Whether it can go on.</summary>
    public ProcessState State { get; set; }

    /// <summary>What <see cref="State"/> was when a signal stopped it.</summary>
    public ProcessState StateBeforeStop { get; set; }

    /// <summary>How it ended, as wait4 tells it: the exit code in bits 8 to 15, or the number of a signal in bits 0 to 6.</summary>
    public int ExitStatus { get; set; }

    /// <summary>When it goes on that sleeps, in milliseconds since power-on; 0 when it does not.</summary>
    public long WakeTime { get; set; }

    /// <summary>The signals that have come, and what it wants done.</summary>
    public ProcessSignals Signals { get; } = new();

    /// <summary>The user that it runs for, 0 at first; see <see cref="MaySignal"/>.</summary>
    public uint UserId { get; set; }

    /// <summary>The user's group.</summary>
    public uint UserGroupId { get; set; }

    /// <summary>The number of its session.</summary>
    public int SessionId { get; set; }

    /// <summary>The signal that its parent gets when it ends; 0 for none.</summary>
    public int ExitSignal { get; set; } = Signal.Child;

    /// <summary>What wait4 is to tell of it besides its end: <see cref="StopStatus"/> or <see cref="ContinuedStatus"/>; 0 for nothing.</summary>
    public int News { get; set; }

    /// <summary>The folder that its paths begin in, from the root.</summary>
    public string Folder { get; set; } = ProgramPath.Root;

    /// <summary>What it calls itself; empty when it has not said.</summary>
    public string ThreadName { get; set; } = "";

    /// <summary>What it has open.</summary>
    public OpenFiles Files { get; private set; } = new();

    /// <summary>Where its parts go.</summary>
    public UserPlaces Places { get; }

    /// <summary>Its memory; that of who lent it as long as it borrows.</summary>
    public ref ProgramMemory Memory
    {
        get
        {
            Process owner = _lender ?? this;
            return ref owner._memory;
        }
    }

    /// <summary>The pages that come back when it ends.</summary>
    public ulong OwnResidentPages => _memory.ResidentPages;

    /// <summary>Whether it runs on the memory of another until it begins another program or ends (vfork).</summary>
    public bool IsBorrower => _lender != null;

    /// <summary>Whether it and <paramref name="other"/> have one memory.</summary>
    internal bool SharesMemoryOf(Process other) => (_lender ?? this) == (other._lender ?? other);

    /// <summary>The number of the child that this one waits for to begin another program or end (vfork); 0 when it does not.</summary>
    public int HeldBy { get; set; }

    /// <summary>Whether its parent waits for that.</summary>
    public bool HoldsParent { get; set; }

    /// <summary>How gladly it is ended when memory is gone; see <see cref="Memory.Pressure.VictimChoice"/>.</summary>
    public int KillMark { get; set; }

    /// <summary>When it gets SIGALRM; its children do not.</summary>
    public ref AlarmClock Alarm => ref _alarm;

    /// <summary>The futex that it waits for.</summary>
    internal ref FutexWait Futex => ref _futex;

    /// <summary>How much it may have.</summary>
    public ResourceLimits Limits { get; } = new();

    /// <summary>Where it wants 0 written when it ends while another has its memory (set_tid_address(2)); 0 for nowhere.</summary>
    public ulong ClearedAtEnd { get; set; }

    /// <summary>Its registers as it left them.</summary>
    public UserContext* Context => _state.Context;

    /// <summary>Its floating-point and vector registers as it left them.</summary>
    public VectorImage Vectors => _state.Vectors;

    /// <summary>The base of FS, where programs keep what belongs to a thread.</summary>
    public ulong FsBase
    {
        get => _fsBase;
        set
        {
            _fsBase = value;
            LoadBases();
        }
    }

    /// <summary>The base of GS.</summary>
    public ulong GsBase
    {
        get => _gsBase;
        set
        {
            _gsBase = value;
            LoadBases();
        }
    }

    /// <summary>Makes a process without any memory; null when there is none for it.</summary>
    public static Process? TryCreate(in UserPlaces places)
    {
        UserMode.Start(ProcessorState.Features.Has(CpuFeature.Xsave)); // The processor that boots.
        if (!ProcessSource.TryStart()) return null;
        Process process = new(in places); // First what can throw, then what has to be given back.
        return process.TryPrepare() ? process : null;
    }

    /// <summary>Lets it run until it stops for something that is not its memory's to mend; says what.</summary>
    /// <remarks>
    /// Page faults that its areas allow are handled on the way. An interrupt that came has been served. Interrupts are let through on return.
    /// </remarks>
    public ProcessStop Run()
    {
        for (; ; )
        {
            Enter();
            if (_state.Context->Reason == UserStop.SystemCall) return Stopped(ProcessStop.SystemCall);
            if (!TryMend(out ProcessStop stop)) return Stopped(stop);
        }
    }

    /// <summary>
    /// The same with its system calls served: it stops for one only when it has to wait, has ended by it, or has a signal to take first. A call may
    /// throw: <see cref="SystemCalls.TryServeOrThrow"/>.
    /// </summary>
    public ProcessStop Run(SystemCalls calls)
    {
        for (; ; )
        {
            Enter();
            if (_state.Context->Reason != UserStop.SystemCall)
            {
                if (!TryMend(out ProcessStop stop)) return Stopped(stop);
                continue;
            }

            Cpu.EnableInterrupts();
            CallCount++;
            if (!calls.TryServeOrThrow(this) || Signals.HasWork) return ProcessStop.SystemCall;
        }
    }

    /// <summary>Makes the processor use its tables, and the bases of FS and GS with them; the kernel's half is the same in all.</summary>
    /// <remarks>
    /// Both stay as they are until someone goes over to other tables, which is counted: a process that goes on after a system call loads nothing.
    /// </remarks>
    public void LoadTables()
    {
        Process owner = _lender ?? this;
        owner._space->Load();
        _loadedAt = LocalTlb.Spaces.LastSwitch;
        UserMode.SetBases(_fsBase, _gsBase);
    }

    /// <summary>How its last page fault ended.</summary>
    public FaultOutcome LastFault { get; private set; }

    /// <summary>Its registers are as those of a program that starts.</summary>
    public void ResetRegisters()
    {
        _state.Reset();
        FsBase = 0;
        GsBase = 0;
    }

    /// <summary>Makes <paramref name="child"/>, which has nothing yet, a copy of this; false without memory, the child has nothing then.</summary>
    public bool TryCopyTo(Process child)
    {
        OpenFiles files = Files.Copy();
        bool isCopied = Memory.TryCopyTo(ref child._memory);
        if (isCopied) CopyRestTo(child, files);
        else files.CloseAll();
        return isCopied;
    }

    /// <summary>Makes <paramref name="child"/> go on as this one, on this one's memory, until <see cref="EndLoan"/>; this one must not run meanwhile.</summary>
    public void LendTo(Process child)
    {
        CopyRestTo(child, Files.Copy());
        child._lender = _lender ?? this;
    }

    /// <summary>Borrows no longer: it has no memory then.</summary>
    public void EndLoan()
    {
        _lender = null;
        _loadedAt = NotLoaded;
    }

    /// <summary>Replaces what new files may not allow; what it was. There are no new files.</summary>
    public long NewFileMask(ulong mask)
    {
        uint old = _fileMask;
        _fileMask = (uint)mask & 511;
        return old;
    }

    /// <summary>The limits hold that were set.</summary>
    public void ApplyLimits()
    {
        _memory.Limits = Limits.Memory;
        ulong files = Limits[ResourceKind.Files].Soft;
        Files.Limit = files < OpenFiles.MostFiles ? (int)files : OpenFiles.MostFiles;
    }

    private void CopyRestTo(Process child, OpenFiles files)
    {
        child._state.CopyFrom(in _state);
        child._fsBase = _fsBase;
        child._gsBase = _gsBase;
        child.Name = Name;
        child.UserId = UserId;
        child.UserGroupId = UserGroupId;
        child.GroupId = GroupId;
        child.SessionId = SessionId;
        child.KillMark = KillMark;
        child.Folder = Folder;
        child.ThreadName = ThreadName;
        child._fileMask = _fileMask;
        child.Limits.CopyFrom(Limits);
        child.Signals.CopyFrom(Signals);
        child.Files = files;
        child.ApplyLimits();
    }

    /// <summary>As wait4 tells it: signal <paramref name="number"/> has stopped the process.</summary>
    public static int StopStatus(int number) => number << 8 | 0x7F;

    /// <summary>Whether it may send signals to <paramref name="other"/>: to those of the same user, and user 0 to all.</summary>
    public bool MaySignal(Process other) => UserId == 0 || UserId == other.UserId;

    /// <summary>What a program gives up when another takes its place (execve): files, signals and the rest that do not go over.</summary>
    public void BeginProgram()
    {
        Signals.ResetForProgram();
        Files.CloseForExec();
        ClearedAtEnd = 0;
        ThreadName = "";
        HoldsParent = false;
    }

    /// <summary>Gives back its memory, so that another program can be loaded in its place.</summary>
    public void ClearMemory()
    {
        EndLoan();
        _memory.Clear();
    }

    /// <summary>Gives back all that it has; it must not be used any more.</summary>
    public void Destroy()
    {
        KernelMemory.Space.Load();
        _memory.Clear();
        if (_space->IsLoaded) LeaveTables();
        NothingLeft nobody = default;
        _space->Destroy(ref nobody);
        KernelMemory.Heap.Free(_space);
        _state.Free();
    }

    private bool TryPrepare()
    {
        _space = (UserSpace*)KernelMemory.Heap.AllocateZeroed((nuint)sizeof(UserSpace));
        if (_space != null && _state.TryAllocate())
        {
            if (KernelMemory.TryCreateSpace(out *_space))
            {
                _memory = new ProgramMemory(new UserTables(_space), default, default, Places.Range, Limits.Memory);
                return true;
            }

            _state.Free();
        }

        KernelMemory.Heap.Free(_space);
        return false;
    }

    // Lets the program run until it stops for anything.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter()
    {
        if (_loadedAt != LocalTlb.Spaces.LastSwitch) LoadTables();
        Cpu.RunUser(_state.Context);
    }

    // What stopped it, a system call apart; whether it can go on at once. Interrupts are masked.
    private bool TryMend(out ProcessStop stop)
    {
        ulong reason = _state.Context->Reason;
        stop = ProcessStop.Interrupt;
        if (reason >= FirstInterrupt)
        {
            Interrupts.Serve((byte)reason, _state.Context->Rip);
            return false;
        }

        if (reason != PageFaultVector || !IsOwn(_state.Context->ErrorCode))
        {
            if (reason == Interrupts.NonMaskableVector) Interrupts.Serve(Interrupts.NonMaskableVector, _state.Context->Rip);
            else stop = ProcessStop.Exception;
            return false;
        }

        stop = ProcessStop.BadAccess;
        VirtAddr target = VirtAddr.FromTrusted(_state.Context->FaultAddress);
        FaultAccess access = AccessOf(_state.Context->ErrorCode);
        LastFault = Memory.HandleFault(target, access);
        s_faults.Add(Id, VirtAddr.FromTrusted(_state.Context->Rip), target, access, LastFault);
        return LastFault.IsHandled();
    }

    private void LoadBases()
    {
        if (_loadedAt == LocalTlb.Spaces.LastSwitch) UserMode.SetBases(_fsBase, _gsBase);
    }

    private static ProcessStop Stopped(ProcessStop stop)
    {
        Cpu.EnableInterrupts();
        return stop;
    }

    // Else the processor accessed something for the program with the kernel's rights (Intel SDM vol. 3, 4.6.1): no area mends that, and it would come
    // again for ever. QEMU before 9.1 reads the stack so when a program returns far.
    private static bool IsOwn(ulong errorCode) => ((PageFaultError)(uint)errorCode & PageFaultError.User) != 0;

    private static FaultAccess AccessOf(ulong errorCode)
    {
        PageFaultError error = (PageFaultError)(uint)errorCode;
        if ((error & PageFaultError.Fetch) != 0) return FaultAccess.Execute;
        return (error & PageFaultError.Write) != 0 ? FaultAccess.Write : FaultAccess.Read;
    }

    private struct NothingLeft : IMappingVisitor
    {
        public readonly bool Visit(in MappedRun run)
        {
            KernelAssert.Fail("Process: a page was left behind");
            return false;
        }
    }
}
