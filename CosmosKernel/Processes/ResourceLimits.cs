using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>How much a process may have of everything; its children begin with the same.</summary>
public sealed class ResourceLimits
{
    /// <summary>The bytes of a stack at first, as Linux gives.</summary>
    public const ulong UsualStackBytes = 8UL << 20;

    private const ulong UsualFiles = 64;
    private const ulong MostFiles = 1024;

    private readonly ResourceLimit[] _limits = new ResourceLimit[(int)ResourceKind.Last + 1];

    /// <summary>The usual ones: of the stack, and of open files.</summary>
    public ResourceLimits()
    {
        for (int kind = 0; kind < _limits.Length; kind++) _limits[kind] = ResourceLimit.None;
        this[ResourceKind.Stack] = new ResourceLimit(UsualStackBytes, ulong.MaxValue);
        this[ResourceKind.Files] = new ResourceLimit(UsualFiles, MostFiles);
    }

    /// <summary>The limit in one thing.</summary>
    public ResourceLimit this[ResourceKind kind]
    {
        get => _limits[(int)kind];
        set => _limits[(int)kind] = value;
    }

    /// <summary>Those in memory, in whole pages.</summary>
    public UserLimits Memory =>
        new(PagesOf(ResourceKind.Mapped), PagesOf(ResourceKind.Resident), PagesOf(ResourceKind.Stack), PagesOf(ResourceKind.Data));

    /// <summary>Takes over all of another's.</summary>
    public void CopyFrom(ResourceLimits other)
    {
        for (int kind = 0; kind < _limits.Length; kind++) _limits[kind] = other._limits[kind];
    }

    private ulong PagesOf(ResourceKind kind)
    {
        ulong bytes = this[kind].Soft;
        return bytes == ulong.MaxValue ? ulong.MaxValue : bytes >> PageNumber.Shift;
    }
}
