using System.Numerics;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>Collects the firmware's entries in any order and makes a <see cref="MemoryMap"/> of them, in storage given by the caller.</summary>
/// <remarks>
/// An entry is kept as two events, its start and its end; sorted by address they are swept once, with a count of the open
/// entries of each kind, and each change of the strictest open kind is a boundary. O(n log n), no memory but the storage.
/// </remarks>
public unsafe struct MemoryMapBuilder
{
    /// <summary>The storage that an entry takes.</summary>
    public const ulong BytesPerEntry = 2 * sizeof(ulong);

    private const ulong AddressLimit = 1UL << PhysAddr.MaxBits;
    private const ulong OpeningBit = 1UL << 7;

    private readonly ulong* _words;
    private readonly int _capacity;
    private int _count;

    /// <summary>Uses the storage at <paramref name="storage"/>, a multiple of 8; the map lives there too, as long as it is used.</summary>
    public MemoryMapBuilder(byte* storage, ulong storageBytes)
    {
        _words = (ulong*)storage;
        _capacity = (int)(storageBytes / BytesPerEntry) * 2;
        _count = 0;
    }

    /// <summary>Adds an entry; what lies above the widest physical address is cut off, an entry without bytes changes nothing.</summary>
    /// <returns>False when the storage is full: the map would then be wrong, so the caller stops.</returns>
    public bool TryAdd(PhysAddr start, ulong sizeBytes, MemoryKind kind)
    {
        if (start.Value >= AddressLimit || sizeBytes == 0 || kind == MemoryKind.None) return true;
        if (_count + 2 > _capacity) return false;

        ulong room = AddressLimit - start.Value;
        ulong end = start.Value + (sizeBytes < room ? sizeBytes : room);
        _words[_count++] = start.Value << MemoryMap.AddressShift | OpeningBit | (ulong)kind;
        _words[_count++] = end << MemoryMap.AddressShift | (ulong)kind;
        return true;
    }

    /// <summary>Makes the map. The builder is used up: the map takes its storage.</summary>
    public MemoryMap Build()
    {
        WordSort.Ascending(_words, _count);
        OpenEntries open = default;
        MemoryKind current = MemoryKind.None;
        int written = 0;
        int read = 0;
        while (read < _count)
        {
            ulong address = _words[read] >> MemoryMap.AddressShift;
            for (; read < _count && _words[read] >> MemoryMap.AddressShift == address; read++) open.Apply(_words[read]);

            if (open.Strictest == current) continue;
            current = open.Strictest;

            // SAFETY: at most one boundary is written for each group of events read, so this never overtakes the reading.
            _words[written++] = address << MemoryMap.AddressShift | (ulong)current;
        }

        _count = 0;
        return new MemoryMap(_words, written);
    }

    private struct OpenEntries
    {
        private fixed int _count[MemoryKinds.Count];
        private uint _kinds;

        public readonly MemoryKind Strictest => _kinds == 0 ? MemoryKind.None : (MemoryKind)BitOperations.Log2(_kinds);

        public void Apply(ulong word)
        {
            int kind = (int)(word & MemoryMap.KindMask & ~OpeningBit);
            _count[kind] += (word & OpeningBit) != 0 ? 1 : -1;

            // Ends sort before starts of the same address and kind, so a count may be negative in between, never at the group's end.
            _kinds = _count[kind] > 0 ? _kinds | 1U << kind : _kinds & ~(1U << kind);
        }
    }
}
