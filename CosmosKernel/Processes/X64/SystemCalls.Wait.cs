namespace MemOS.Processes;

/// <content>Waiting for children, and what processes have used.</content>
public sealed unsafe partial class SystemCalls
{
    private const ulong NoHang = 1;
    private const ulong Stopped = 2;
    private const ulong Continued = 8;
    private const ulong AllKinds = 0x4000_0000; // __WALL
    private const ulong OtherKinds = 0x8000_0000; // __WCLONE
    private const ulong ThreadOnly = 0x2000_0000; // __WNOTHREAD: there is one thread.

    private long WaitFor(Process process, CallArguments call)
    {
        const ulong Known = NoHang | Stopped | Continued | AllKinds | OtherKinds | ThreadOnly;
        int wanted = unchecked((int)call.A);
        ulong options = (uint)call.C;
        if ((options & ~Known) != 0) return LinuxError.Invalid;
        if (wanted == int.MinValue) return LinuxError.NoProcess;
        bool hasChild = false;
        for (int index = 0; index < _table.Processes.Count; index++)
        {
            Process child = _table.Processes[index];
            if (!IsMeant(process, child, wanted, options)) continue;
            hasChild = true;
            if (child.State == ProcessState.Ended) return Reap(process, child, call.B, call.D);
            if (TellsNews(child, options)) return TellNews(process, child, call.B, call.D);
        }

        if (!hasChild) return LinuxError.NoChild;
        return (options & NoHang) != 0 ? 0 : Wait;
    }

    private static bool IsMeant(Process process, Process child, int wanted, ulong options)
    {
        if (child.ParentId != process.Id || child.IsForgotten) return false;
        bool isOther = child.ExitSignal != Signal.Child;
        if ((options & AllKinds) == 0 && isOther != ((options & OtherKinds) != 0)) return false;
        return wanted switch
        {
            > 0 => child.Id == wanted,
            0 => child.GroupId == process.GroupId,
            -1 => true,
            _ => child.GroupId == -wanted,
        };
    }

    private static bool TellsNews(Process child, ulong options)
    {
        if (child.News == 0) return false;
        return (options & (child.News == Process.ContinuedStatus ? Continued : Stopped)) != 0;
    }

    private static long TellNews(Process process, Process child, ulong status, ulong usage)
    {
        long error = StoreEnd(process, child, child.News, status, usage);
        child.News = 0;
        return error != 0 ? error : child.Id;
    }

    private long Reap(Process process, Process child, ulong status, ulong usage)
    {
        long error = StoreEnd(process, child, child.ExitStatus, status, usage);
        if (error != 0) return error;
        int id = child.Id;
        process.ChildTicks += child.Ticks + child.ChildTicks;
        _table.Bury(child);
        return id;
    }

    private static long StoreEnd(Process process, Process child, int status, ulong statusTarget, ulong usageTarget)
    {
        if (statusTarget != 0 && Store(process, statusTarget, in status) != 0) return LinuxError.BadAddress;
        return usageTarget == 0 ? 0 : StoreUsage(process, child.Ticks + child.ChildTicks, usageTarget);
    }

    // struct rusage of x86-64: ru_utime first; 144 bytes. All time is the program's: the kernel's own is not told apart.
    private static long StoreUsage(Process process, ulong ticks, ulong target)
    {
        byte[] usage = new byte[144];
        Put(usage, 0, ticks / 1000, 8);
        Put(usage, 8, ticks % 1000 * 1000, 8);
        return Store(process, target, usage);
    }

    private static long Usage(Process process, int who, ulong target) => who switch
    {
        0 or 1 => StoreUsage(process, process.Ticks, target), // RUSAGE_SELF, RUSAGE_THREAD
        -1 => StoreUsage(process, process.ChildTicks, target), // RUSAGE_CHILDREN
        _ => LinuxError.Invalid,
    };

    // struct tms, in hundredths of a second.
    private static long Times(Process process, ulong target)
    {
        byte[] times = new byte[32];
        Put(times, 0, process.Ticks / 10, 8);
        Put(times, 16, process.ChildTicks / 10, 8);
        long error = target == 0 ? 0 : Store(process, target, times);
        return error != 0 ? error : System.Environment.TickCount64 / 10;
    }
}
