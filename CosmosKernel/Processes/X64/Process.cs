using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <summary>A process: a program's memory and registers.</summary>
/// <remarks>
/// The object is small; what a program can make large, its areas and pages, lies in raw blocks and frames that its limits bound. It has no kernel
/// stack: see <see cref="UserMode"/>.
/// </remarks>
public sealed unsafe class Process
{
    /// <summary>As wait4 tells it: the process goes on.</summary>
    public const int ContinuedStatus = 0xFFFF;

    private const ulong FirstInterrupt = 32;
    private const ulong PageFaultVector = 14;

    private static FaultLog s_faults;

    private readonly UserSpace* _space;
    private ProgramMemory _memory;
    private ProgramState _state;

    private Process(UserSpace* space, in ProgramState state, in UserPlaces places, UserLimits limits)
    {
        _space = space;
        _state = state;
        Places = places;
        _memory = new ProgramMemory(new UserTables(space), default, default, places.Range, limits);
    }

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

    /// <summary>What it has open.</summary>
    public OpenFiles Files { get; private set; } = new();

    /// <summary>Where its parts go.</summary>
    public UserPlaces Places { get; }

    /// <summary>Its memory.</summary>
    public ref ProgramMemory Memory => ref _memory;

    /// <summary>Its registers as it left them.</summary>
    public UserContext* Context => _state.Context;

    /// <summary>Its floating-point and vector registers as it left them.</summary>
    public VectorImage Vectors => _state.Vectors;

    /// <summary>The base of FS, where programs keep what belongs to a thread.</summary>
    public ulong FsBase { get; set; }

    /// <summary>The base of GS.</summary>
    public ulong GsBase { get; set; }

    /// <summary>Makes a process without any memory; null when there is none for it.</summary>
    public static Process? TryCreate(in UserPlaces places, UserLimits limits)
    {
        UserMode.Start(ProcessorState.Features.Has(CpuFeature.Xsave));
        if (!ProcessSource.TryStart()) return null;
        ProgramState state = default;
        UserSpace* space = (UserSpace*)KernelMemory.Heap.AllocateZeroed((nuint)sizeof(UserSpace));
        if (space != null && state.TryAllocate())
        {
            if (KernelMemory.TryCreateSpace(out *space)) return new Process(space, in state, in places, limits);
            state.Free();
        }

        KernelMemory.Heap.Free(space);
        return null;
    }

    /// <summary>Lets it run until it stops for something that is not its memory's to mend; says what.</summary>
    /// <remarks>
    /// Page faults that its areas allow are handled on the way. An interrupt that came has been served. Interrupts are let through on return.
    /// </remarks>
    public ProcessStop Run()
    {
        Cpu.DisableInterrupts();
        _space->Load();
        UserMode.SetBases(FsBase, GsBase);
        for (; ; )
        {
            Cpu.RunUser(_state.Context);
            ulong reason = _state.Context->Reason;
            if (reason == UserStop.SystemCall) return Stopped(ProcessStop.SystemCall);
            if (reason >= FirstInterrupt)
            {
                Interrupts.Serve((byte)reason);
                return Stopped(ProcessStop.Interrupt);
            }

            if (reason != PageFaultVector || !IsOwn(_state.Context->ErrorCode)) return Stopped(ProcessStop.Exception);
            VirtAddr target = VirtAddr.FromTrusted(_state.Context->FaultAddress);
            FaultAccess access = AccessOf(_state.Context->ErrorCode);
            LastFault = _memory.HandleFault(target, access);
            s_faults.Add(Id, VirtAddr.FromTrusted(_state.Context->Rip), target, access, LastFault);
            if (!LastFault.IsHandled()) return Stopped(ProcessStop.BadAccess);
        }
    }

    /// <summary>Makes the processor use its tables; the kernel's half is the same in all.</summary>
    public void LoadTables() => _space->Load();

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
        if (!_memory.TryCopyTo(ref child._memory)) return false;
        child._state.CopyFrom(in _state);
        child.FsBase = FsBase;
        child.GsBase = GsBase;
        child.Name = Name;
        child.UserId = UserId;
        child.UserGroupId = UserGroupId;
        child.GroupId = GroupId;
        child.SessionId = SessionId;
        child.Signals.CopyFrom(Signals);
        child.Files = Files.Copy();
        return true;
    }

    /// <summary>As wait4 tells it: signal <paramref name="number"/> has stopped the process.</summary>
    public static int StopStatus(int number) => number << 8 | 0x7F;

    /// <summary>Whether it may send signals to <paramref name="other"/>: to those of the same user, and user 0 to all.</summary>
    public bool MaySignal(Process other) => UserId == 0 || UserId == other.UserId;

    /// <summary>What a program gives up when another takes its place (execve): files, signals and the rest that do not go over.</summary>
    public void BeginProgram() => Signals.ResetForProgram();

    /// <summary>Gives back its memory, so that another program can be loaded in its place.</summary>
    public void ClearMemory() => _memory.Clear();

    /// <summary>Gives back all that it has; it must not be used any more.</summary>
    public void Destroy()
    {
        KernelMemory.Space.Load();
        _memory.Clear();
        NothingLeft nobody = default;
        _space->Destroy(ref nobody);
        KernelMemory.Heap.Free(_space);
        _state.Free();
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
