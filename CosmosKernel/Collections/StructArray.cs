using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Collections;

/// <summary>A row of structs in memory given by the caller, which works before <c>new</c> does.</summary>
/// <remarks>A copy stands for the same memory. Indices are checked.</remarks>
public readonly unsafe struct StructArray<T>
    where T : unmanaged
{
    private readonly T* _items;

    /// <summary>The <paramref name="count"/> items at <paramref name="storage"/>, aligned for them; they are cleared.</summary>
    public StructArray(byte* storage, int count)
    {
        _items = (T*)storage;
        Count = count;
        for (int index = 0; index < count; index++) _items[index] = default; // SAFETY: the caller gives room for all of them.
    }

    private StructArray(T* items, int count)
    {
        _items = items;
        Count = count;
    }

    /// <summary>The number of items.</summary>
    public int Count { get; }

    /// <summary>The item at <paramref name="index"/>.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            KernelAssert.That((uint)index < (uint)Count, "StructArray: no such item");
            return ref _items[index]; // SAFETY: the index was checked.
        }
    }

    /// <summary>The same items, which another mapping shows <paramref name="distanceBytes"/> further on, round the end of the addresses.</summary>
    public StructArray<T> MovedBy(ulong distanceBytes) => new((T*)unchecked((nuint)_items + (nuint)distanceBytes), Count);

    /// <summary>The bytes that <paramref name="count"/> items take.</summary>
    public static ulong BytesFor(int count) => checked((ulong)count * (ulong)sizeof(T));
}
