using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <summary>What programs ask of the kernel, by Linux's numbers and with Linux's errors (x86-64 psABI A.2; Linux's syscall_64.tbl).</summary>
/// <remarks>
/// A call gets its number in RAX and six arguments in RDI, RSI, RDX, R10, R8, R9; its result is in RAX. What is not here gives ENOSYS and is counted. A
/// call that has to wait changes nothing and is made again (<see cref="Wait"/>). Calls are served under the process table's lock, but for those that
/// touch nothing except what belongs to the caller's processor while it runs the caller: its memory, and what nobody else changes.
/// </remarks>
public sealed unsafe partial class SystemCalls
{
    /// <summary>The result of a call that has to wait: it has changed nothing, and is made again. Errors are above it, up to -1.</summary>
    public const long Wait = -4096;

    private const ulong TextBytes = 4096;

    // The calls below 128 that touch what is the caller's own, a bit each.
    private const ulong OwnLow = 1UL << (int)LinuxCall.MMap | 1UL << (int)LinuxCall.MProtect | 1UL << (int)LinuxCall.MUnmap | 1UL << (int)LinuxCall.Brk | 1UL << (int)LinuxCall.MRemap
        | 1UL << (int)LinuxCall.MInCore | 1UL << (int)LinuxCall.MAdvise | 1UL << (int)LinuxCall.SchedYield | 1UL << (int)LinuxCall.GetPid | 1UL << (int)LinuxCall.UName;

    private const ulong OwnHigh = 1UL << (int)(LinuxCall.GetTimeOfDay - 64) | 1UL << (int)(LinuxCall.GetUid - 64) | 1UL << (int)(LinuxCall.GetGid - 64) | 1UL << (int)(LinuxCall.GetEUid - 64)
        | 1UL << (int)(LinuxCall.GetEGid - 64) | 1UL << (int)(LinuxCall.GetPPid - 64) | 1UL << (int)(LinuxCall.GetPGrp - 64);

    private readonly ProcessTable _table;
    private readonly List<ulong> _unknown = new();
    private readonly List<ulong> _unknownCounts = new();

    /// <summary>The calls of the processes of <paramref name="table"/>.</summary>
    public SystemCalls(ProcessTable table) => _table = table;

    /// <summary>The numbers of calls that there are not, in the order in which they were first asked for.</summary>
    public List<ulong> Unknown => _unknown;

    /// <summary>How often each of <see cref="Unknown"/> was asked for.</summary>
    public List<ulong> UnknownCounts => _unknownCounts;

    /// <summary>Serves the call that <paramref name="process"/> has made; false when it has to wait and is to be served again. The table's lock is held.</summary>
    public bool TryServe(Process process)
    {
        ulong shortages = KernelMemory.Shortages;
        return TryFinish(process, ServeAgain(process, shortages, ServeOrFail(process)));
    }

    /// <summary>
    /// The same in the fewest steps, by the processor that runs it, which does not hold the lock. When the kernel finds no memory for an object of its own it throws, and
    /// may hold the lock then: the caller goes on with <see cref="Fail"/>.
    /// </summary>
    /// <returns>Whether the program can go on: it does not wait, and has not ended.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // A call's own instructions are few beside those on the way to it.
    public bool TryServeOrThrow(Process process)
    {
        ulong number = process.Context->Rax;
        if (!IsOwn(number)) return TryServeShared(process, number);
        ulong shortages = KernelMemory.Shortages;
        long result = Serve(process, number, new CallArguments(process.Context));
        if (result is LinuxError.NoMemory or LinuxError.BadAddress) return TryServeOwnAgain(process, shortages, result);
        process.Context->Rax = unchecked((ulong)result); // None of these waits, or changes registers.
        return true;
    }

    /// <summary>Ends the call of <paramref name="process"/> that threw. The lock is held.</summary>
    public void Fail(Process process, Exception exception)
    {
        ExpectShortage(exception);
        ulong shortages = KernelMemory.Shortages;
        TryFinish(process, ServeAgain(process, shortages, NoFrame()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOwn(ulong number) => number < 128 && ((number < 64 ? OwnLow : OwnHigh) >> (int)number & 1) != 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryServeShared(Process process, ulong number)
    {
        _table.Enter();
        ulong shortages = KernelMemory.Shortages;
        long result = Serve(process, number, new CallArguments(process.Context));
        if (result is LinuxError.NoMemory or LinuxError.BadAddress) result = ServeAgain(process, shortages, result);
        bool goesOn = TryFinish(process, result) && process.State == ProcessState.Runnable;
        _table.Leave();
        return goesOn;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryServeOwnAgain(Process process, ulong shortages, long result)
    {
        if (KernelMemory.Shortages != shortages)
        {
            _table.Enter();
            result = ServeAgain(process, shortages, result);
            _table.Leave();
        }

        process.Context->Rax = unchecked((ulong)result);
        return process.State == ProcessState.Runnable;
    }

    private static bool TryFinish(Process process, long result)
    {
        if (result == Wait)
        {
            process.BeginWait();
            return false;
        }

        if (process.State != ProcessState.Runnable && !TryWake(process)) return true;
        UserContext* context = process.Context;
        if (context->Reason == UserStop.SystemCall) context->Rax = unchecked((ulong)result); // Else the registers are others now.
        return true;
    }

    // A process whose call was served at last goes on; false for one that has ended by it.
    private static bool TryWake(Process process)
    {
        if (process.State == ProcessState.Waiting) process.State = ProcessState.Runnable;
        return process.State != ProcessState.Ended;
    }

    // A call that failed because there was no memory is served again when room can be made.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ServeAgain(Process process, ulong shortages, long result)
    {
        while (KernelMemory.Shortages != shortages && result is (LinuxError.NoMemory or LinuxError.BadAddress) && _table.TryMakeRoom(process))
        {
            shortages = KernelMemory.Shortages;
            result = ServeOrFail(process);
        }

        return result;
    }

    // When the kernel finds no memory for an object of its own, the call has failed; what it had begun it has undone.
    private long ServeOrFail(Process process)
    {
        try
        {
            return Serve(process, process.Context->Rax, new CallArguments(process.Context));
        }
        catch (Exception exception)
        {
            ExpectShortage(exception);
            return NoFrame();
        }
    }

    /// <summary>Accepts an exception that says that there is no memory; any other is a mistake of the kernel's.</summary>
    internal static void ExpectShortage(Exception exception) => KernelAssert.That(exception is OutOfMemoryException, "SystemCalls: a call threw something");

    private static long NoFrame()
    {
        KernelMemory.CountShortage();
        return LinuxError.NoMemory;
    }

    [SkipLocalsInit] // What one of the calls wants is not to be cleared for all.
    private long Serve(Process process, ulong number, CallArguments call) => number switch
    {
        LinuxCall.Read => Read(process, call.A, call.Bytes(1)),
        LinuxCall.Write => Write(process, call.A, call.Bytes(1)),
        LinuxCall.ReadV => Vector(process, call, isWrite: false),
        LinuxCall.WriteV => Vector(process, call, isWrite: true),
        LinuxCall.OpenAt => Open(process, call.A, call.B, call.C),
        LinuxCall.Open => Open(process, CurrentFolder, call.A, call.B),
        LinuxCall.Stat or LinuxCall.LStat => PathStatus(process, CurrentFolder, call.A, call.B),
        LinuxCall.Access => PathAccess(process, CurrentFolder, call.A, call.B),
        LinuxCall.FAccessAt or LinuxCall.FAccessAt2 => PathAccess(process, call.A, call.B, call.C),
        LinuxCall.ChDir => EnterFolder(process, call.A),
        LinuxCall.FChDir => EnterOpenFolder(process, call.A),
        LinuxCall.GetDEnts64 => process.Files.Find(call.A) switch
        {
            null => LinuxError.BadFile,
            ArchiveFolder folder => folder.List(process, call.Bytes(1)),
            _ => LinuxError.NoFolder,
        },
        LinuxCall.UMask => process.NewFileMask(call.A),
        LinuxCall.GetGroups => 0,
        LinuxCall.Close => process.Files.Close(call.A) ? 0 : LinuxError.BadFile,
        LinuxCall.FStat => FileStatus(process, call.A, call.B),
        LinuxCall.LSeek => Seek(process, call.A, unchecked((long)call.B), call.C),
        LinuxCall.FStatAt => FileStatusAt(process, call),
        LinuxCall.Pipe => MakePipe(process, call.A, 0),
        LinuxCall.Pipe2 => MakePipe(process, call.A, call.B),
        LinuxCall.FCntl => Control(process, call.A, call.B, call.C),
        LinuxCall.Dup => DuplicateFrom(process, call.A, 0, closesOnExec: false),
        LinuxCall.Dup3 => call.A == call.B || (call.C & ~CloseOnExec) != 0 ? LinuxError.Invalid : DuplicateTo(process, call),
        LinuxCall.ReadLink => ReadLink(process, call),
        LinuxCall.GetCwd => Folder(process, call.A, call.B),
        LinuxCall.Dup2 => Duplicate(process, call.A, call.B),
        LinuxCall.IoCtl => Control(process, call),
        LinuxCall.MMap => MapMemory(process, call),
        LinuxCall.MProtect => Protect(process, call),
        LinuxCall.MUnmap => -(long)process.Memory.Unmap(call.AddressA, call.B),
        LinuxCall.MRemap => MoveMemory(process, call),
        LinuxCall.MAdvise => Advise(process, call),
        LinuxCall.MInCore => InCore(process, call),
        LinuxCall.Brk => (long)process.Memory.MoveBreak(call.AddressA).Value,
        LinuxCall.SigAction => SetAction(process, call),
        LinuxCall.SigProcMask => SetMask(process, call),
        LinuxCall.SigReturn => ReturnFromSignal(process),
        LinuxCall.SigAltStack => ChangeStack(process, call.A, call.B),
        LinuxCall.SigPending => PendingSignals(process, call.A, call.B),
        LinuxCall.SigSuspend => WaitForAnySignal(process, call.A, call.B),
        LinuxCall.SigTimedWait => TakeSignal(process, call),
        LinuxCall.SigQueueInfo => Queue(process, unchecked((int)call.A), unchecked((int)call.B), call.C),
        LinuxCall.Pause => Wait,
        LinuxCall.Futex => Futex(process, call),
        LinuxCall.Poll => Poll(process, call),
        LinuxCall.PPoll => PollMasked(process, call),
        LinuxCall.Select => Select(process, call, SelectKind.Plain),
        LinuxCall.PSelect => Select(process, call, SelectKind.Masked),
        LinuxCall.TKill => KillThread(process, unchecked((int)call.A), unchecked((int)call.A), unchecked((int)call.B)),
        LinuxCall.TgKill => KillThread(process, unchecked((int)call.A), unchecked((int)call.B), unchecked((int)call.C)),
        LinuxCall.SchedYield => 0,
        LinuxCall.NanoSleep => WaitUntil(process, call.A, TimeLimit.Relative),
        LinuxCall.ClockNanoSleep => WaitUntil(process, call.C, (call.B & AbsoluteTime) != 0 ? TimeLimit.Absolute : TimeLimit.Relative),
        LinuxCall.SysInfo => MachineInformation(process, call.A),
        LinuxCall.GetPid or LinuxCall.GetTid => process.Id,
        LinuxCall.SetTidAddress => SetThreadWord(process, call.A),
        LinuxCall.GetPPid => process.ParentId,
        LinuxCall.GetPGrp => process.GroupId,
        LinuxCall.GetPGid => GroupOf(process, unchecked((int)call.A)),
        LinuxCall.SetPGid => JoinGroup(process, unchecked((int)call.A), unchecked((int)call.B)),
        LinuxCall.GetSid => SessionOf(process, unchecked((int)call.A)),
        LinuxCall.SetSid => BeginSession(process),
        LinuxCall.GetUid or LinuxCall.GetEUid => process.UserId,
        LinuxCall.GetGid or LinuxCall.GetEGid => process.UserGroupId,
        LinuxCall.PrCtl => ControlProcess(process, call.A, call.B),
        LinuxCall.SetUid => SetUser(process, (uint)call.A),
        LinuxCall.SetGid => SetUserGroup(process, (uint)call.A),
        LinuxCall.Fork => Fork(process, CloneRequest.Fork),
        LinuxCall.VFork => Fork(process, CloneRequest.VFork),
        LinuxCall.Clone => Fork(process, CloneRequest.Of(in call)),
        LinuxCall.ExecVe => Execute(process, call),
        LinuxCall.Wait4 => WaitFor(process, call),
        LinuxCall.Exit or LinuxCall.ExitGroup => Exit(process, call.A),
        LinuxCall.Kill => Kill(process, unchecked((int)call.A), unchecked((int)call.B)),
        LinuxCall.UName => Name(process, call.A),
        LinuxCall.ArchPrCtl => SetBase(process, call.A, call.B),
        LinuxCall.ClockGetTime => Time(process, call.A, call.B),
        LinuxCall.GetTimeOfDay => TimeOfDay(process, call.A),
        LinuxCall.Time => Seconds(process, call.A),
        LinuxCall.Alarm => SetAlarm(process, unchecked((uint)call.A)),
        LinuxCall.SetITimer => SetTimer(process, call.A, call.B, call.C),
        LinuxCall.GetITimer => SetTimer(process, call.A, 0, call.B),
        LinuxCall.GetRandom => Random(process, call.A, call.B),
        LinuxCall.PrLimit64 => Limit(process, unchecked((int)call.A), call.B, call.C, call.D),
        LinuxCall.GetRLimit => Limit(process, 0, call.A, 0, call.B),
        LinuxCall.SetRLimit => Limit(process, 0, call.A, call.B, 0),
        LinuxCall.GetRUsage => Usage(process, unchecked((int)call.A), call.B),
        LinuxCall.Times => Times(process, call.A),
        _ => Refuse(number),
    };

    private long Refuse(ulong number)
    {
        int index = _unknown.IndexOf(number);
        if (index < 0 && _unknown.Count < 512)
        {
            index = _unknown.Count;
            _unknown.Add(number);
            _unknownCounts.Add(0);
        }

        if (index >= 0) _unknownCounts[index]++;
        return LinuxError.NoCall;
    }

    // An address that no program can have is as bad as one that it has not.
    private static bool TryAddress(ulong value, out VirtAddr address) => VirtAddr.TryCreate(value, out address) && !address.IsUpperHalf;

    private static long Store(Process process, ulong address, byte[] bytes)
    {
        if (!TryAddress(address, out VirtAddr target)) return LinuxError.BadAddress;
        fixed (byte* first = bytes) return process.Memory.CopyTo(target, first, (ulong)bytes.Length) == (ulong)bytes.Length ? 0 : LinuxError.BadAddress;
    }

    private static long Store<T>(Process process, ulong address, in T value)
        where T : unmanaged
    {
        T copy = value;
        bool isStored = TryAddress(address, out VirtAddr target) && process.Memory.CopyTo(target, (byte*)&copy, (ulong)sizeof(T)) == (ulong)sizeof(T);
        return isStored ? 0 : LinuxError.BadAddress;
    }

    private static bool TryLoad<T>(Process process, ulong address, out T value)
        where T : unmanaged
    {
        T loaded = default;
        bool isLoaded = TryAddress(address, out VirtAddr source) && process.Memory.CopyFrom((byte*)&loaded, source, (ulong)sizeof(T)) == (ulong)sizeof(T);
        value = isLoaded ? loaded : default;
        return isLoaded;
    }

    private static bool TryLoadWord(Process process, ulong address, out ulong word)
    {
        word = 0;
        ulong loaded = 0;
        bool isLoaded = TryAddress(address, out VirtAddr source) && process.Memory.CopyFrom((byte*)&loaded, source, sizeof(ulong)) == sizeof(ulong);
        if (isLoaded) word = loaded;
        return isLoaded;
    }

    private static bool TryLoadText(Process process, ulong address, out string text)
    {
        text = "";
        if (!TryAddress(address, out VirtAddr source)) return false;
        byte[] bytes = new byte[TextBytes];
        fixed (byte* first = bytes)
        {
            if (process.Memory.CopyText(first, source, TextBytes, out ulong length) != UserError.None) return false;
            text = ByteText.Of(first, (int)length);
            return true;
        }
    }

    /// <summary>Writes the lowest bytes of a number.</summary>
    internal static void Put(byte[] bytes, int at, ulong value, int count)
    {
        for (int index = 0; index < count; index++) bytes[at + index] = unchecked((byte)(value >> (8 * index)));
    }
}
