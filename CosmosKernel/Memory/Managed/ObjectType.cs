using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemOS.Memory.Managed;

/// <summary>What the collector reads of an object's type: the head of the compiler's type descriptor (NativeAOT's MethodTable).</summary>
/// <remarks>
/// The words before it say where an object's references are (the runtime's GCDesc, gcdesc.h in dotnet/runtime). The word just before
/// is a count of series. Above 0: so many pairs of words lie before it, the nearest first: a size and, above that, an offset; a series of references begins
/// at the offset and has as many bytes as the object's size and the pair's size, which is negative, add up to. Below 0: an array of structs; the
/// offset is that of the first element, and as many words as the count says, from that of the size on downwards, tell of each element:
/// so many references (low half), then so many bytes without (high half).
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct ObjectType
{
    /// <summary>The bytes of an object before the address that its references hold: the header, whose upper half has the bits below.</summary>
    internal const uint HeaderBytes = 8;

    /// <summary>In the upper half of the header: the finalizer is not to run (the runtime's BIT_SBLK_FINALIZER_RUN).</summary>
    internal const uint FinalizerDone = 0x4000_0000;

    private const uint HasComponentSize = 0x8000_0000;
    private const uint HasReferences = 0x0100_0000;
    private const uint ComponentSizeMask = 0xFFFF;
    private const int CountOffset = 8;

    private readonly uint _flags;
    private readonly uint _baseSize;

    /// <summary>The type of the object at <paramref name="reference"/>; null while the object is being made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ObjectType* Of(byte* reference) => *(ObjectType**)reference;

    /// <summary>Whether objects of the type can refer to others; false for null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool RefersToOthers(ObjectType* type) => type != null && (type->_flags & HasReferences) != 0;

    /// <summary>The bytes of an object, its header included; not rounded up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly nuint SizeOf(byte* reference)
    {
        nuint size = _baseSize;
        if ((_flags & HasComponentSize) != 0) size += (nuint)(_flags & ComponentSizeMask) * *(uint*)(reference + CountOffset);
        return size;
    }

    /// <summary>The upper half of an object's header.</summary>
    internal static uint* HeaderBits(byte* reference) => (uint*)(reference - sizeof(uint));
}
