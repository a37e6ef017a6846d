using System.Runtime.InteropServices;

namespace MemOS.Memory.Tlb;

/// <summary>What one processor has for flushes: what it holds, what it asks others, what others ask it.</summary>
/// <remarks>
/// It begins with a line of the processor's cache, and what others write does not lie in a line with what is the processor's own.
/// It stays where it is.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public unsafe struct ProcessorTlb
{
    /// <summary>The size: whole lines of <see cref="Alignment"/> bytes.</summary>
    public const int SizeBytes = 768;

    /// <summary>What its address is a multiple of.</summary>
    public const int Alignment = 64;

    private const int InboxOffset = 0;
    private const int AwaitedOffset = Alignment;
    private const int RequestOffset = 2 * Alignment;
    private const int OwnOffset = 7 * Alignment;

    /// <summary>Which address spaces it holds translations of.</summary>
    [FieldOffset(OwnOffset)]
    public LoadedSpaces Spaces;

    /// <summary>What it did for flushes.</summary>
    [FieldOffset(OwnOffset + 128)]
    public TlbCounters Counters;

    /// <summary>Its number.</summary>
    [FieldOffset(OwnOffset + 192)]
    public int Number;

    /// <summary>The space that it has loaded, among whose users it is; null until its first switch.</summary>
    [FieldOffset(OwnOffset + 200)]
    internal SpaceTag* Loaded;

    /// <summary>A bit for each processor whose request it has not taken.</summary>
    [FieldOffset(InboxOffset)]
    internal fixed ulong Inbox[SpaceTag.WordCount];

    /// <summary>A <see cref="ProcessorRest"/>.</summary>
    [FieldOffset(InboxOffset + (SpaceTag.WordCount * sizeof(ulong)))]
    internal int Rest;

    /// <summary>A bit for each processor that has not answered its request.</summary>
    [FieldOffset(AwaitedOffset)]
    internal fixed ulong Awaited[SpaceTag.WordCount];

    /// <summary>What it asks.</summary>
    [FieldOffset(RequestOffset)]
    internal FlushRequest Request;
}
