using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>Objects of one size in memory that its owner gives: taken and returned in one step, all given up at once.</summary>
/// <remarks>
/// <para>For who has many objects of a kind and knows how many at most, or wants them side by side, or has no heap. It asks for nothing and
/// owns nothing: the storage is the caller's, before and after. A byte of state an object lies behind the objects, so what is written
/// into a returned object does no harm, and wrong returns are refused by the names that the heap has for them.</para>
/// <para><b>Locking.</b> None: the owner's.</para>
/// </remarks>
public unsafe struct MemoryPool
{
    private const byte Free = 0;
    private const byte Live = 1;

    private byte* _start;
    private byte* _states;
    private uint* _links;
    private nuint _stride;
    private uint _firstFree;

    /// <summary>How many objects there is room for.</summary>
    public uint Capacity { get; private set; }

    /// <summary>How many are taken.</summary>
    public uint Count { get; private set; }

    /// <summary>The storage for <paramref name="capacity"/> objects of <paramref name="objectBytes"/> bytes; 0 when that is no size that there is.</summary>
    public static nuint StorageBytes(nuint objectBytes, uint capacity)
    {
        nuint perObject = StrideFor(objectBytes) + sizeof(uint) + sizeof(byte);
        bool fits = objectBytes != 0 && objectBytes <= nuint.MaxValue / 2 && (capacity == 0 || perObject <= nuint.MaxValue / capacity);
        return fits ? perObject * capacity : 0;
    }

    /// <summary>Begins with storage of <see cref="StorageBytes"/> bytes at a multiple of 16; every object is then free.</summary>
    public void Initialize(byte* storage, nuint objectBytes, uint capacity)
    {
        KernelAssert.That(capacity == 0 || StorageBytes(objectBytes, capacity) != 0, "MemoryPool: the storage would be larger than memory");

        // SAFETY: objects, links and states follow each other in the bytes counted above.
        _start = storage;
        _stride = StrideFor(objectBytes);
        Capacity = capacity;
        _links = (uint*)(storage + (_stride * capacity));
        _states = (byte*)(_links + capacity);
        Clear();
    }

    /// <summary>Takes an object of any content, 16-byte aligned; false when all are taken.</summary>
    public bool TryTake(out byte* block)
    {
        block = null;
        if (_firstFree >= Capacity) return false;
        uint index = _firstFree;
        _firstFree = _links[index];
        _states[index] = Live;
        Count++;
        block = _start + (index * _stride);
        return true;
    }

    /// <summary>Returns an object; what is none, or is free already, is refused.</summary>
    public HeapFreeResult Return(void* block)
    {
        nuint offset = unchecked((nuint)block - (nuint)_start); // Intended wrap: before it is far behind it.
        if (offset >= _stride * Capacity) return HeapFreeResult.Foreign;
        uint index = (uint)(offset / _stride);
        if (index * _stride != offset) return HeapFreeResult.Interior;
        if (_states[index] != Live) return HeapFreeResult.DoubleFree;
        _states[index] = Free;
        _links[index] = _firstFree;
        _firstFree = index;
        Count--;
        return HeapFreeResult.Ok;
    }

    /// <summary>Returns all objects at once.</summary>
    public void Clear()
    {
        Count = 0;
        _firstFree = 0;
        for (uint i = 0; i < Capacity; i++)
        {
            _states[i] = Free;
            _links[i] = i + 1;
        }
    }

    private static nuint StrideFor(nuint objectBytes) => (objectBytes + 15) & ~(nuint)15;
}
