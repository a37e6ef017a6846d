using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Boot;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

public sealed unsafe class MapStorageTests
{
    private const uint Usable = 1;
    private const uint Reserved = 2;
    private const int ModelFrames = 96;

    private FirmwareMap _scratch = null!;
    private ReservedRegions _taken;

    [SetUp]
    public void SetUp()
    {
        _scratch = new FirmwareMap();
        _taken = _scratch.NewRegions();
    }

    [TearDown]
    public void TearDown() => _scratch.Dispose();

    [Test]
    public void Entries_are_read_with_the_boot_loaders_stride()
    {
        BootMemoryEntries entries = Entries(40, (0x1000, 5, 1), (0x2000, 6, 3), (0x3000, 7, 4), (0x4000, 8, 5), (0x5000, 9, 77));
        MemoryKind[] kinds = [MemoryKind.Usable, MemoryKind.AcpiReclaimable, MemoryKind.AcpiNvs, MemoryKind.Bad, MemoryKind.Reserved];
        for (int i = 0; i < entries.Count; i++)
        {
            Assert.That((entries[i].Start.Value, entries[i].SizeBytes, entries[i].Kind), Is.EqualTo(((ulong)(i + 1) << 12, (ulong)i + 5, kinds[i])));
        }
    }

    [Test]
    public void Room_is_found_between_what_is_taken_and_what_is_stricter()
    {
        Assert.That(_taken.TryAdd(new FrameRange(FrameNumber.Zero, 256), ReservedKind.Bios), Is.True);
        Assert.That(_taken.TryAdd(new FrameRange(FrameNumber.FromTrusted(300), 20), ReservedKind.KernelText), Is.True);
        BootMemoryEntries entries = Entries(24, (0x140_000, 0x64_001, Reserved), (0, 1 << 24, Usable), (0x130_000, 0x14_000, Reserved));
        Assert.That(Find(entries, 44, out FrameRange frames) && frames.Start.Value == 256, Is.True);
        Assert.That(Find(entries, 45, out frames) && frames.Start.Value == 0x1A5, Is.True, "above the last byte of what is reserved");
    }

    [Test]
    public void Room_above_what_is_mapped_is_none()
    {
        BootMemoryEntries entries = Entries(24, (0x100_000, 0x10_000, Usable), (1UL << 32, 1UL << 30, Usable), (ulong.MaxValue - 99, 1000, Usable));
        Assert.That(Find(entries, 16, out _), Is.True);
        Assert.That(Find(entries, 17, out _), Is.False);
    }

    [Test]
    public void A_search_without_an_end_is_given_up()
    {
        // Every other frame is reserved: each step leads two frames on, and the room above them is 16,384 steps away.
        IEnumerable<(ulong, ulong, uint)> combs = Enumerable.Range(0, 16384).Select(i => ((ulong)i * 8192, 4096UL, Reserved));
        Assert.That(Find(Entries(24, [(0, 1UL << 28, Usable), .. combs]), 2, out _), Is.False);
    }

    [Test]
    public void Random_entries_agree_with_a_model([Range(1, 200)] int seed)
    {
        Random random = new(seed);
        bool[] isFree = new bool[ModelFrames];
        bool[] isStrict = new bool[ModelFrames];
        List<(ulong, ulong, uint)> entries = [];
        for (int count = random.Next(1, 12); count > 0; count--)
        {
            int start = random.Next(ModelFrames * 4);
            int size = Math.Min(random.Next(1, ModelFrames * (random.Next(4) == 0 ? 4 : 1)), (ModelFrames * 4) - start);
            uint type = random.Next(3) == 0 ? Reserved : Usable;
            entries.Add(((ulong)start << 10, (ulong)size << 10, type));
            for (int frame = 0; frame < ModelFrames; frame++)
            {
                if (type == Usable) isFree[frame] |= start <= frame * 4 && (frame + 1) * 4 <= start + size;
                else isStrict[frame] |= start < (frame + 1) * 4 && frame * 4 < start + size;
            }
        }

        FrameRange taken = new(FrameNumber.FromTrusted((ulong)random.Next(ModelFrames)), (ulong)random.Next(8));
        Assert.That(_taken.TryAdd(taken, ReservedKind.BootModule), Is.True);
        ulong wanted = (ulong)random.Next(1, 12);
        bool isFound = Find(Entries(24, [.. entries]), wanted, out FrameRange frames);
        for (ulong i = 0; i < frames.Count; i++)
        {
            FrameNumber frame = frames.Start + i;
            Assert.That(isFree[frame.Value] && !isStrict[frame.Value] && !taken.Contains(frame), Is.True, frame.ToString());
        }

        Assert.That(frames.Count, Is.EqualTo(isFound ? wanted : 0));
        bool isThere = entries.Any(entry => entry.Item3 == Usable && HasRoom(entry.Item1, entry.Item1 + entry.Item2));
        Assert.That(isFound, Is.EqualTo(isThere));

        bool HasRoom(ulong start, ulong end)
        {
            ulong row = 0;
            for (ulong frame = (start + 4095) >> 12; frame < end >> 12 && row < wanted; frame++)
            {
                row = isStrict[frame] || taken.Contains(FrameNumber.FromTrusted(frame)) ? 0 : row + 1;
            }

            return row >= wanted;
        }
    }

    private bool Find(in BootMemoryEntries entries, ulong frameCount, out FrameRange frames) =>
        MapStorage.TryFind(in entries, in _taken, frameCount, FrameNumber.FromTrusted(1 << 20), out frames);

    private BootMemoryEntries Entries(int strideBytes, params (ulong Start, ulong SizeBytes, uint Type)[] entries)
    {
        NativeStorage storage = _scratch.NewStorage((ulong)(entries.Length * strideBytes));
        for (int i = 0; i < entries.Length; i++)
        {
            (ulong start, ulong sizeBytes, uint type) = entries[i];
            *(BootMemoryEntry*)(storage.Bytes + (i * strideBytes)) = new BootMemoryEntry(PhysAddr.FromTrusted(start), sizeBytes, type);
        }

        return new BootMemoryEntries(storage.Bytes, entries.Length, (uint)strideBytes);
    }
}
