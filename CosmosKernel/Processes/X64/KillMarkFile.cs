using MemOS.Memory.Pressure;

namespace MemOS.Processes;

/// <summary>The file by which a program says how gladly it is ended when memory is gone: /proc/self/oom_score_adj, as on Linux (proc_pid_oom_score_adj(5)).</summary>
public sealed unsafe class KillMarkFile : OpenFile
{
    /// <summary>Its path.</summary>
    public const string Path = "/proc/self/oom_score_adj";

    private const int MostBytes = 8;
    private readonly Process _process;

    /// <summary>The file of <paramref name="process"/>.</summary>
    public KillMarkFile(Process process) => _process = process;

    /// <inheritdoc/>
    public override uint Mode => 0x81A4; // S_IFREG, rw-r--r--

    /// <inheritdoc/>
    public override bool HasPosition => true;

    /// <inheritdoc/>
    public override long ReadTo(Process process, VirtAddrRange target)
    {
        string text = _process.KillMark.ToString() + "\n";
        ulong count = (ulong)text.Length > Position ? (ulong)text.Length - Position : 0;
        if (count > target.SizeBytes) count = target.SizeBytes;
        byte[] bytes = new byte[text.Length];
        for (int index = 0; index < bytes.Length; index++) bytes[index] = (byte)text[index];
        fixed (byte* first = bytes)
        {
            if (process.Memory.CopyTo(target.Start, first + Position, count) != count) return LinuxError.BadAddress; // SAFETY: within the text.
        }

        Position += count;
        return (long)count;
    }

    /// <inheritdoc/>
    public override long WriteFrom(Process process, VirtAddrRange source)
    {
        if (source.SizeBytes > MostBytes) return LinuxError.Invalid;
        byte[] bytes = new byte[MostBytes];
        fixed (byte* first = bytes)
        {
            if (process.Memory.CopyFrom(first, source.Start, source.SizeBytes) != source.SizeBytes) return LinuxError.BadAddress;
        }

        if (!TryRead(bytes, (int)source.SizeBytes, out int mark) || mark is < VictimChoice.Spared or > VictimChoice.First) return LinuxError.Invalid;
        if (mark < _process.KillMark && process.UserId != 0) return LinuxError.AccessDenied; // Only user 0 spares.
        _process.KillMark = mark;
        return (long)source.SizeBytes;
    }

    private static bool TryRead(byte[] bytes, int count, out int number)
    {
        number = 0;
        if (count > 0 && bytes[count - 1] == '\n') count--;
        bool isNegative = count > 0 && bytes[0] == '-';
        int start = isNegative ? 1 : 0;
        for (int index = start; index < count; index++)
        {
            if (bytes[index] is < (byte)'0' or > (byte)'9') return false;
            number = (number * 10) + (bytes[index] - '0');
        }

        if (isNegative) number = -number;
        return count > start;
    }
}
