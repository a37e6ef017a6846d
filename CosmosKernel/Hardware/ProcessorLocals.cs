using System.Runtime.InteropServices;

namespace MemOS.Hardware;

/// <summary>What each allocator keeps for one processor alone, so that its common case touches nothing that others do.</summary>
/// <remarks>
/// The allocators know what lies where they keep it. Only the processor itself reads and writes it, unless it is stopped; the
/// structure begins and ends with a line of the processor's cache, so no line of it is anybody else's.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public unsafe struct ProcessorLocals
{
    /// <summary>The size: whole lines of 64 bytes.</summary>
    public const int SizeBytes = 1024;

    /// <summary>The room that frames have, in bytes.</summary>
    public const int FramesBytes = 960;

    /// <summary>What the frames' allocator keeps.</summary>
    [FieldOffset(0)]
    public fixed byte Frames[FramesBytes];

    /// <summary>What the heap of raw blocks keeps.</summary>
    [FieldOffset(FramesBytes)]
    public void* Blocks;

    /// <summary>What the heap of objects keeps.</summary>
    [FieldOffset(FramesBytes + 8)]
    public void* Objects;

    /// <summary>The processor's number.</summary>
    [FieldOffset(FramesBytes + 16)]
    public int Number;

    /// <summary>Why it collects objects, while it does; how that ended, afterwards.</summary>
    [FieldOffset(FramesBytes + 20)]
    public int Collection;

    /// <summary>What flushes of its translations keep.</summary>
    [FieldOffset(FramesBytes + 24)]
    public void* Translations;
}
