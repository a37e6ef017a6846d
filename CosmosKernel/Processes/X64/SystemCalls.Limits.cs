namespace MemOS.Processes;

/// <content>Limits, and who a program runs for.</content>
public sealed unsafe partial class SystemCalls
{
    // prlimit64: of another process too, when it is the same user's. What was before is told even when the address for it is bad, as in Linux.
    private long Limit(Process process, int id, ulong resource, ulong source, ulong target)
    {
        if (resource > (ulong)ResourceKind.Last) return LinuxError.Invalid;
        ResourceKind kind = (ResourceKind)resource;
        ResourceLimit wanted = default;
        if (source != 0 && !TryLoad(process, source, out wanted)) return LinuxError.BadAddress;
        Process? other = id == 0 ? process : _table.Find(id);
        if (other == null) return LinuxError.NoProcess;
        if (!process.MaySignal(other)) return LinuxError.NotPermitted;
        ResourceLimit old = other.Limits[kind];
        if (source != 0)
        {
            if (wanted.Soft > wanted.Hard) return LinuxError.Invalid;
            if (wanted.Hard > old.Hard && process.UserId != 0) return LinuxError.NotPermitted;
            other.Limits[kind] = wanted;
            other.ApplyLimits();
        }

        return target == 0 ? 0 : Store(process, target, in old);
    }

    private static long SetUser(Process process, uint id)
    {
        if (process.UserId != 0 && process.UserId != id) return LinuxError.NotPermitted;
        process.UserId = id;
        return 0;
    }

    private static long SetUserGroup(Process process, uint id)
    {
        if (process.UserId != 0 && process.UserGroupId != id) return LinuxError.NotPermitted;
        process.UserGroupId = id;
        return 0;
    }
}
