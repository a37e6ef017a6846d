using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kit.Runtime;

/// <summary>The head of a type's descriptor as the compiler lays it out; the GC descriptor lies before it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MethodTable
{
    private const uint HasComponentSizeFlag = 0x8000_0000;
    private const uint HasFinalizerFlag = 0x0010_0000;
    private const uint ContainsPointersFlag = 0x0100_0000;

    private readonly uint _flags;

    /// <summary>Bytes of an object without elements, the header word before it included.</summary>
    public readonly uint BaseSize;

    /// <summary>Bytes of an element of an array or string; 0 for anything else.</summary>
    public readonly uint ComponentSize => (_flags & HasComponentSizeFlag) != 0 ? _flags & 0xFFFF : 0;

    public readonly bool HasFinalizer => (_flags & HasFinalizerFlag) != 0;

    public readonly bool ContainsPointers => (_flags & ContainsPointersFlag) != 0;

    /// <summary>The type of <paramref name="value"/>.</summary>
    public static unsafe MethodTable* Of(object value)
    {
        return *(MethodTable**)Objects.Address(value);
    }
}

/// <summary>Conversions between a reference and the address it holds. Objects do not move.</summary>
internal static unsafe class Objects
{
    /// <summary>The word before an object: sync index and hash code in its upper half.</summary>
    public const uint HeaderBytes = 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Address(object? value)
    {
        // SAFETY: reads the reference's own bits; a reference is one word.
        return *(nint*)Unsafe.AsPointer(ref value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static object? At(nint address)
    {
        // SAFETY: the caller gives the address of an object, or 0.
        return Unsafe.As<nint, object?>(ref address);
    }
}
