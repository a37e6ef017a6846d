using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemOS.Memory.Frames;

/// <summary>What is known of one frame, in 16 bytes.</summary>
/// <remarks>
/// The header is state, order, owner and zone in a byte each, so that the usual questions ("is this an allocated block of this
/// order in this zone?") are one comparison. The second word is the block's offset from the zone's origin while the frame
/// starts a block. The third is the count of references while the block is allocated, and a link while it is free; they mean
/// nothing otherwise.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public struct FrameDescriptor
{
    /// <summary>The size of a descriptor: 0.4 % of the frame that it describes.</summary>
    public const int SizeBytes = 16;

    internal const byte NoZone = 0xFF;
    private const int LargeOrder = 9;
    private const int LinkOffset = 8;
    internal const uint StateMask = 0xFF;
    internal const int OrderShift = 8;
    internal const int OwnerShift = 16;
    internal const uint OwnerMask = 0xFFU << OwnerShift;
    internal const int ZoneShift = 24;

    /// <summary>The link after the last block of a list.</summary>
    internal const uint NoLink = uint.MaxValue;

    /// <summary>State, order, owner, zone; written by <see cref="FrameTable"/> only.</summary>
    [FieldOffset(0)]
    internal uint Header;

    /// <summary>The header's third byte, for a load instead of a shift: both machines put the lowest byte first.</summary>
    [FieldOffset(2)]
    internal readonly FrameOwner OwnerByte;

    /// <summary>The header's fourth byte, likewise.</summary>
    [FieldOffset(3)]
    internal readonly byte ZoneByte;

    /// <summary>The frame where the block starts, counted from the zone's origin.</summary>
    [FieldOffset(4)]
    internal uint BlockOffset;

    /// <summary>While allocated: how many use the block.</summary>
    [FieldOffset(LinkOffset)]
    internal uint ReferenceCount;

    /// <summary>While free: the number of the next descriptor in the list of the block's order.</summary>
    [FieldOffset(LinkOffset)]
    internal uint Next;

    /// <summary>While free and not the first of its list: the number of the descriptor before it.</summary>
    [FieldOffset(12)]
    internal uint Previous;

    /// <summary>While cached: the next frame of the cache's stack. By address: there it saves two conversions, and lists there have one link.</summary>
    [FieldOffset(LinkOffset)]
    internal unsafe FrameDescriptor* NextCached;

    /// <summary>The word of <see cref="Header"/>, for processors that share it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe ref int HeaderWord(FrameDescriptor* descriptor) => ref *(int*)descriptor; // By offset, all three: an address taken of a field is looked at for null.

    /// <summary>The word of <see cref="ReferenceCount"/>, likewise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe ref int ReferenceWord(FrameDescriptor* descriptor) => ref ((int*)descriptor)[LinkOffset / sizeof(int)];

    /// <summary>The word of <see cref="NextCached"/>, likewise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe ref nuint LinkWord(FrameDescriptor* descriptor) => ref *(nuint*)((byte*)descriptor + LinkOffset);

    /// <summary>Whether a block with <paramref name="header"/> and one reference is a single allocated frame: what almost every free is about.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsSingleAllocated(uint header) => (ushort)header == (ushort)FrameState.Allocated;

    /// <summary>Whether <paramref name="header"/> is that of an allocated block of 2 MiB.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsLargeAllocated(uint header) => (ushort)header == ((ushort)FrameState.Allocated | LargeOrder << OrderShift);

    /// <summary>Who has a block with <paramref name="header"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static FrameOwner OwnerIn(uint header) => (FrameOwner)(byte)(header >> OwnerShift);

    /// <summary>The number of the zone that manages a frame with <paramref name="header"/>.</summary>
    internal static byte ZoneIn(uint header) => (byte)(header >> ZoneShift);

    /// <summary>What the frame is.</summary>
    public readonly FrameState State => (FrameState)(byte)Header;

    /// <summary>The order of the block that starts here, when one does.</summary>
    public readonly int OrderValue => (byte)(Header >> OrderShift);

    /// <summary>Who uses the block that starts here, when one that is allocated does.</summary>
    public readonly FrameOwner Owner => OwnerByte;

    /// <summary>The number of the zone that manages the frame, <see cref="NoZone"/> for none.</summary>
    internal readonly byte Zone => (byte)(Header >> ZoneShift);

    /// <summary>How many use the block that starts here, when one that is allocated does.</summary>
    public readonly uint References => ReferenceCount;
}
