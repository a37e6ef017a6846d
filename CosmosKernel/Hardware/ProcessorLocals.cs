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
    /// <summary>The size: whole lines.</summary>
    public const int SizeBytes = 1024;

    /// <summary>The bytes of a line of the processor's cache.</summary>
    public const int LineBytes = 64;

    /// <summary>The room that frames have, in bytes.</summary>
    public const int FramesBytes = 832;

    /// <summary>The room that page tables kept for reuse have, in bytes.</summary>
    public const int TablesBytes = 128;

    private const int HeapsOffset = FramesBytes + TablesBytes;

    /// <summary>What the frames' allocator keeps.</summary>
    [FieldOffset(0)]
    public fixed byte Frames[FramesBytes];

    /// <summary>Page tables that went out of use.</summary>
    [FieldOffset(FramesBytes)]
    public fixed byte Tables[TablesBytes];

    /// <summary>What the heap of raw blocks keeps.</summary>
    [FieldOffset(HeapsOffset)]
    public void* Blocks;

    /// <summary>What the heap of objects keeps.</summary>
    [FieldOffset(HeapsOffset + 8)]
    public void* Objects;

    /// <summary>The processor's number.</summary>
    [FieldOffset(HeapsOffset + 16)]
    public int Number;

    /// <summary>Why it collects objects, while it does; how that ended, afterwards.</summary>
    [FieldOffset(HeapsOffset + 20)]
    public int Collection;

    /// <summary>What flushes of its translations keep.</summary>
    [FieldOffset(HeapsOffset + 24)]
    public void* Translations;
}
