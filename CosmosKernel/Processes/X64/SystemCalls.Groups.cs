namespace MemOS.Processes;

/// <content>Process groups and sessions, which say who has the terminal (credentials(7)).</content>
public sealed unsafe partial class SystemCalls
{
    private long GroupOf(Process process, int id)
    {
        Process? other = id == 0 ? process : _table.Find(id);
        return other == null ? LinuxError.NoProcess : other.GroupId;
    }

    private long SessionOf(Process process, int id)
    {
        Process? other = id == 0 ? process : _table.Find(id);
        return other == null ? LinuxError.NoProcess : other.SessionId;
    }

    // Oneself or a child into a group of the session, or a new one (setpgid(2)). That a child has begun another program is no hindrance here.
    private long JoinGroup(Process process, int id, int groupId)
    {
        if (groupId < 0) return LinuxError.Invalid;
        Process? other = id == 0 || id == process.Id ? process : _table.Find(id);
        if (other == null || (other != process && other.ParentId != process.Id)) return LinuxError.NoProcess;
        if (groupId == 0) groupId = other.Id;
        bool isLeader = other.SessionId == other.Id;
        if (isLeader || other.SessionId != process.SessionId) return LinuxError.NotPermitted;
        if (groupId != other.Id && !HasGroup(groupId, process.SessionId)) return LinuxError.NotPermitted;
        other.GroupId = groupId;
        _table.WakeParent(other);
        return 0;
    }

    private long BeginSession(Process process)
    {
        for (int index = 0; index < _table.Processes.Count; index++)
        {
            if (_table.Processes[index].GroupId == process.Id) return LinuxError.NotPermitted;
        }

        process.SessionId = process.Id;
        process.GroupId = process.Id;
        return process.Id;
    }

    private bool HasGroup(int groupId, int sessionId)
    {
        for (int index = 0; index < _table.Processes.Count; index++)
        {
            Process other = _table.Processes[index];
            if (other.GroupId == groupId && other.SessionId == sessionId) return true;
        }

        return false;
    }
}
