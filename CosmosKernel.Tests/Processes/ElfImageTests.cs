using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

/// <summary>What is taken for a program can be loaded; everything else is refused by name, whatever its numbers are.</summary>
public sealed unsafe class ElfImageTests
{
    private const ulong AddressLimit = 1UL << 47;

    [Test]
    public void A_program_is_read_as_it_was_linked()
    {
        byte[] file = new ElfFile().Bytes;
        fixed (byte* bytes = file)
        {
            Assert.That(ElfImage.TryRead(bytes, (ulong)file.Length, out ElfImage image), Is.EqualTo(ElfFault.None));
            Assert.That(image.IsMovable, Is.False);
            Assert.That(image.Entry, Is.EqualTo(0x40_0200));
            Assert.That(image.HeaderEntries, Is.EqualTo(2));
            Assert.That(image.HeaderAddress, Is.EqualTo(0x40_0000 + ElfFile.HeaderBytes));
            Assert.That(image.TryGetSegment(1, out ElfSegment data));
            Assert.That((data.Start, data.SizeBytes, data.FileOffset, data.FileBytes), Is.EqualTo((0x40_1800UL, 0x3000UL, 0x800UL, 0x1000UL)));
            Assert.That(data.Access, Is.EqualTo(AreaAccess.Read | AreaAccess.Write));
            Assert.That(image.TryGetSegment(2, out _), Is.False);
            Assert.That(image.TryGetSegment(-1, out _), Is.False);
        }
    }

    [Test]
    public void What_is_no_program_is_refused_by_name()
    {
        AssertFault(ElfFault.NotElf, file => file.Bytes[0] = 0);
        AssertFault(ElfFault.NotElf, file => file.Put16(ElfFile.EntrySizeAt, 32));
        AssertFault(ElfFault.NotElf, file => file.Put16(ElfFile.EntryCountAt, 0));
        AssertFault(ElfFault.NotElf, file => file.Put16(ElfFile.EntryCountAt, 65));
        AssertFault(ElfFault.NotElf, file => file.Put64(ElfFile.EntriesAt, ulong.MaxValue));
        AssertFault(ElfFault.NotElf, file => file.Put64(ElfFile.EntriesAt, (ulong)file.Bytes.Length - ElfFile.EntryBytes + 1));
        AssertFault(ElfFault.OtherMachine, file => file.Bytes[4] = 1);
        AssertFault(ElfFault.OtherMachine, file => file.Bytes[5] = 2);
        AssertFault(ElfFault.OtherMachine, file => file.Put16(ElfFile.MachineAt, 183));
        AssertFault(ElfFault.NoProgram, file => file.Put16(ElfFile.KindAt, 1));
        AssertFault(ElfFault.NoProgram, file => file.Put16(ElfFile.KindAt, 4));
        AssertFault(ElfFault.Dynamic, file => AddAs(file, 3));
        AssertFault(ElfFault.None, file => AddAs(file, 2));
        AssertFault(ElfFault.None, file => file.Put16(ElfFile.KindAt, 3));
    }

    [Test]
    public void A_segment_that_can_be_written_and_executed_is_refused()
    {
        AssertFault(ElfFault.WritableAndExecutable, file => file.Put32(0, ElfFile.SegmentFlags, ElfFile.Read | ElfFile.Write | ElfFile.Execute));
        AssertFault(ElfFault.WritableAndExecutable, file => file.Put32(1, ElfFile.SegmentFlags, ElfFile.Write | ElfFile.Execute));
    }

    // Each of these alone makes a good program bad; the numbers at the edge of what is allowed come with them.
    [Test]
    public void Segments_lie_in_the_file_and_among_addresses_in_order_and_share_no_page()
    {
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentFileBytes, 0x1001));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentOffset, ulong.MaxValue - 0x7FF));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentFileBytes, ulong.MaxValue));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentBytes, 0xFFF));
        AssertFault(ElfFault.None, file => file.Put64(1, ElfFile.SegmentBytes, 0x1000));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentBytes, ulong.MaxValue));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentBytes, 1UL << 46));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentAddress, (1UL << 46) + 0x800));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentAddress, 0xFFFF_FFFF_FFFF_F800));
        AssertFault(ElfFault.None, file => file.Put64(1, ElfFile.SegmentAddress, (1UL << 46) - 0x800));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentAddress, 0x40_1801));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentAddress, 0x40_0800));
        AssertFault(ElfFault.BadSegment, file => file.Put64(1, ElfFile.SegmentAddress, 0x3F_F800));
        AssertFault(ElfFault.BadSegment, file => file.Put64(0, ElfFile.SegmentBytes, 0x1001));
    }

    [Test]
    public void The_first_instruction_is_in_code()
    {
        AssertFault(ElfFault.None, file => file.Put64(ElfFile.StartAt, 0x40_0000));
        AssertFault(ElfFault.None, file => file.Put64(ElfFile.StartAt, 0x40_07FF));
        foreach (ulong entry in (ulong[])[0, 0x3F_FFFF, 0x40_0800, 0x40_1800, 0xFFFF_8000_0040_0200, ulong.MaxValue])
        {
            AssertFault(ElfFault.BadSegment, file => file.Put64(ElfFile.StartAt, entry));
        }

        AssertFault(ElfFault.BadSegment, file => file.Put32(0, ElfFile.SegmentFlags, ElfFile.Read));
        AssertFault(ElfFault.BadSegment, file => file.Put64(0, ElfFile.SegmentBytes, 0));
    }

    [Test]
    public void A_file_that_ends_anywhere_before_its_end_is_refused()
    {
        byte[] whole = new ElfFile().Bytes;
        HashSet<ElfFault> faults = [];
        for (int length = 0; length < whole.Length; length++) faults.Add(ReadTwice(whole[..length]));
        Assert.That(faults, Is.EquivalentTo([ElfFault.NotElf, ElfFault.BadSegment]));
        Assert.That(ReadTwice(whole), Is.EqualTo(ElfFault.None));
    }

    [Test]
    public void Random_mutations_are_refused_or_can_be_loaded() => Mutate(100_000, 1);

    [Test]
    [Category("Long")]
    public void A_million_random_mutations_are_refused_or_can_be_loaded() => Mutate(1_000_000, 2);

    private static void Mutate(int count, int seed)
    {
        Random random = new(seed);
        Dictionary<ElfFault, int> seen = [];
        for (int round = 0; round < count; round++)
        {
            ElfFile file = new();
            if (random.Next(2) == 0) file.Add(0, 0x41_0000, 0x100, 0x100, ElfFile.Read);
            (int At, int Size)[] fields = [.. file.Fields()];
            for (int changes = random.Next(1, 4); changes > 0; changes--) Change(file.Bytes, fields[random.Next(fields.Length)], random);
            if (random.Next(8) == 0) file.Bytes = file.Bytes[..random.Next(file.Bytes.Length)];
            ElfFault fault = ReadTwice(file.Bytes);
            seen[fault] = seen.GetValueOrDefault(fault) + 1;
            if (fault == ElfFault.None && Complaint(file.Bytes) is { } complaint) Assert.Fail($"{complaint} (seed {seed}, round {round})");
        }

        TestContext.Out.WriteLine($"seed {seed}: " + string.Join(", ", seen.Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.That(seen.Keys, Is.EquivalentTo(Enum.GetValues<ElfFault>()), "a fault that never came was never tried");
    }

    // Bits, edges, small steps: what is nearly right finds more than noise.
    private static void Change(byte[] bytes, (int At, int Size) field, Random random)
    {
        Span<byte> place = bytes.AsSpan(field.At, field.Size);
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        place.CopyTo(word);
        ulong value = BitConverter.ToUInt64(word);
        ulong changed = random.Next(6) switch
        {
            0 => value ^ (1UL << random.Next(field.Size * 8)),
            1 => unchecked(value + (ulong)random.Next(-4, 5)),
            2 => unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)),
            3 => unchecked(0UL - (ulong)random.Next(0x2000)),
            4 => (ulong)random.Next(0x2000),
            _ => unchecked((1UL << random.Next(64)) - (ulong)random.Next(3)),
        };
        BitConverter.TryWriteBytes(word, changed);
        word[..field.Size].CopyTo(place);
    }

    // What a loader relies on.
    private static string? Complaint(byte[] file)
    {
        fixed (byte* bytes = file)
        {
            if (ElfImage.TryRead(bytes, (ulong)file.Length, out ElfImage image) != ElfFault.None) return "refused the second time";
            ulong end = 0;
            bool hasEntry = false;
            bool hasHeader = image.HeaderAddress == 0;
            for (int index = 0; index < image.HeaderEntries; index++)
            {
                if (!image.TryGetSegment(index, out ElfSegment segment)) continue;
                ulong first = segment.Start & ~(PageNumber.SizeBytes - 1);
                if (first < end || segment.End <= segment.Start || segment.End > AddressLimit) return "a segment is where none may be";
                if ((segment.Access & AreaAccess.Write) != 0 && (segment.Access & AreaAccess.Execute) != 0) return "a segment can be written and executed";
                if (segment.FileBytes > segment.SizeBytes || (UInt128)segment.FileOffset + segment.FileBytes > (UInt128)file.Length) return "a segment is not in the file";
                if (((segment.Start ^ segment.FileOffset) & (PageNumber.SizeBytes - 1)) != 0) return "a segment's pages are not the file's";
                hasEntry |= (segment.Access & AreaAccess.Execute) != 0 && image.Entry >= segment.Start && image.Entry < segment.End;
                hasHeader |= image.HeaderAddress >= segment.Start && image.HeaderAddress < segment.End;
                end = (segment.End + PageNumber.SizeBytes - 1) & ~(PageNumber.SizeBytes - 1);
            }

            return !hasEntry ? "the entry is not in code" : !hasHeader ? "the header is in no segment" : null;
        }
    }

    private static void AddAs(ElfFile file, uint kind)
    {
        file.Add(0, 0, 0, 0, ElfFile.Read);
        file.Put32(file.EntryCount - 1, ElfFile.SegmentKind, kind);
    }

    private static void AssertFault(ElfFault expected, Action<ElfFile> change)
    {
        ElfFile file = new();
        change(file);
        Assert.That(ReadTwice(file.Bytes), Is.EqualTo(expected));
    }

    // What lies behind the end must not matter: it is not the file's.
    private static ElfFault ReadTwice(byte[] file)
    {
        ElfFault fault = ReadBefore(file, 0);
        Assert.That(ReadBefore(file, 0x3F), Is.EqualTo(fault), "what is behind the file is looked at");
        return fault;
    }

    private static ElfFault ReadBefore(byte[] file, byte behind)
    {
        byte[] room = new byte[file.Length + ElfFile.HeaderBytes + (64 * ElfFile.EntryBytes)];
        file.CopyTo(room, 0);
        room.AsSpan(file.Length).Fill(behind);
        fixed (byte* bytes = room)
        {
            ElfFault fault = ElfImage.TryRead(bytes, (ulong)file.Length, out ElfImage image);
            Assert.That(fault == ElfFault.None || image.HeaderEntries == 0, "what is refused gives no image");
            return fault;
        }
    }
}
