using MemOS.Primitives;

namespace MemOS.Processes;

/// <content>Waiting for a word in memory to change, and waking who waits (futex(2)).</content>
/// <remarks>
/// A word is told by its frame where processes can share it, by process and address where they cannot. Who waits for a shared word has touched
/// it, and the frame is kept by the object as long as anybody shows it. Who waits is woken in the order in which it came.
/// </remarks>
public sealed unsafe partial class SystemCalls
{
    private const ulong FutexWaits = 0;
    private const ulong FutexWakes = 1;
    private const ulong FutexWaitsForBits = 9;
    private const ulong FutexWakesBits = 10;
    private const ulong FutexPrivate = 128;
    private const ulong FutexRealTime = 256;
    private const uint AnyBit = uint.MaxValue;

    private ulong _tickets;

    private long Futex(Process process, CallArguments call)
    {
        bool isPrivate = (call.B & FutexPrivate) != 0;
        uint bits = unchecked((uint)call.F);
        switch ((uint)call.B & ~(FutexPrivate | FutexRealTime))
        {
            case FutexWaits:
                return WaitForWord(process, call, isPrivate, AnyBit, TimeLimit.Relative);
            case FutexWaitsForBits:
                return WaitForWord(process, call, isPrivate, bits, TimeLimit.Absolute);
            case FutexWakes:
                return TryKey(process, call.A, isPrivate, out FutexKey all, out long error) ? Wake(all, AnyBit, call.C) : error;
            case FutexWakesBits:
                if (bits == 0) return LinuxError.Invalid;
                return TryKey(process, call.A, isPrivate, out FutexKey some, out error) ? Wake(some, bits, call.C) : error;
            default:
                return LinuxError.NoCall;
        }
    }

    // Made again until it is woken or it is time: the word is compared once.
    private long WaitForWord(Process process, CallArguments call, bool isPrivate, uint bits, TimeLimit limit)
    {
        ref FutexWait wait = ref process.Futex;
        if (!wait.IsWaiting)
        {
            if (bits == 0) return LinuxError.Invalid;
            if (!TryKey(process, call.A, isPrivate, out FutexKey key, out long error)) return error;
            if (!TryLoad(process, call.A, out uint word)) return LinuxError.BadAddress;
            if (word != (uint)call.C) return LinuxError.Again;
            wait = new FutexWait { Key = key, Bits = bits, Ticket = ++_tickets, IsWaiting = true };
        }

        if (wait.IsWoken) return EndWait(process, 0);
        if (call.D == 0) return Wait;
        long result = WaitUntil(process, call.D, limit);
        if (result == Wait) return Wait;
        return EndWait(process, result == 0 ? LinuxError.TimedOut : result);
    }

    private static long EndWait(Process process, long result)
    {
        process.Futex = default;
        process.WakeTime = 0;
        return result;
    }

    // The count is Linux's: at least one is woken.
    private long Wake(FutexKey key, uint bits, ulong count)
    {
        int most = unchecked((int)count);
        long woken = 0;
        do
        {
            Process? first = FirstWaiter(key, bits);
            if (first == null) break;
            first.Futex.IsWoken = true;
            _table.Wake(first);
            woken++;
        }
        while (woken < most);
        return woken;
    }

    private Process? FirstWaiter(FutexKey key, uint bits)
    {
        Process? first = null;
        for (int index = 0; index < _table.Processes.Count; index++)
        {
            Process other = _table.Processes[index];
            ref FutexWait wait = ref other.Futex;
            bool isMeant = wait.IsWaiting && !wait.IsWoken && wait.Key.Is(key) && (wait.Bits & bits) != 0 && other.State != ProcessState.Ended;
            if (isMeant && (first == null || wait.Ticket < first.Futex.Ticket)) first = other;
        }

        return first;
    }

    // A word of a page that is private is the process's own, whatever the caller says: its frame can change with the next write.
    private static bool TryKey(Process process, ulong place, bool isPrivate, out FutexKey key, out long error)
    {
        key = default;
        error = (place & 3) != 0 ? LinuxError.Invalid : TryAddress(place, out _) ? 0 : LinuxError.BadAddress;
        if (error != 0) return false;
        VirtAddr address = VirtAddr.FromTrusted(place);
        key = FutexKey.Private(process.Id, place);
        if (isPrivate) return true;
        if (!TryLoad(process, place, out uint _))
        {
            error = LinuxError.BadAddress;
            return false;
        }

        if (process.Memory.TryFindShared(address, out PhysAddr word)) key = FutexKey.Shared(word.Value);
        return true;
    }
}
