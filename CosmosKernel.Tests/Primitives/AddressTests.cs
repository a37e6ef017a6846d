using System;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Primitives;

public sealed class AddressTests
{
    [Test]
    public void A_physical_address_has_at_most_52_bits()
    {
        Assert.That(PhysAddr.TryCreate((1UL << 52) - 1, out PhysAddr highest), Is.True);
        Assert.That(highest.Value, Is.EqualTo((1UL << 52) - 1));
        Assert.That(PhysAddr.TryCreate(1UL << 52, out _), Is.False);
        Assert.That(PhysAddr.Truncate(0xFFF0_0000_0000_1234).Value, Is.EqualTo(0x1234));
    }

    [TestCase(0x0000_7FFF_FFFF_FFFFUL, true)]
    [TestCase(0x0000_8000_0000_0000UL, false)]
    [TestCase(0xFFFF_7FFF_FFFF_FFFFUL, false)]
    [TestCase(0xFFFF_8000_0000_0000UL, true)]
    [TestCase(0xFFFF_FFFF_FFFF_FFFFUL, true)]
    public void Four_level_canonical_addresses_repeat_bit_47(ulong value, bool canonical)
    {
        Assert.That(VirtAddr.TryCreate(value, out _), Is.EqualTo(canonical));
        Assert.That(VirtAddr.FromTrusted(value).IsCanonical(VirtAddr.FourLevelBits), Is.EqualTo(canonical));
        Assert.That(VirtAddr.Truncate(value).IsCanonical(VirtAddr.FourLevelBits), Is.True);
    }

    [TestCase(0x00FF_FFFF_FFFF_FFFFUL, true)]
    [TestCase(0x0100_0000_0000_0000UL, false)]
    [TestCase(0xFF00_0000_0000_0000UL, true)]
    [TestCase(0xFEFF_FFFF_FFFF_FFFFUL, false)]
    public void Five_level_canonical_addresses_repeat_bit_56(ulong value, bool canonical) =>
        Assert.That(VirtAddr.TryCreate(value, VirtAddr.FiveLevelBits, out _), Is.EqualTo(canonical));

    [Test]
    public void Address_arithmetic_is_checked()
    {
        Assert.That(() => VirtAddr.FromTrusted(ulong.MaxValue) + 1, Throws.TypeOf<OverflowException>());
        Assert.That(() => PhysAddr.Zero - 1UL, Throws.TypeOf<OverflowException>());
        Assert.That(() => PhysAddr.FromTrusted(1) - PhysAddr.FromTrusted(2), Throws.TypeOf<OverflowException>());
        Assert.That(() => FrameNumber.FromTrusted(ulong.MaxValue) + 1, Throws.TypeOf<OverflowException>());
    }

    [Test]
    public void Alignment_goes_to_the_nearest_multiple()
    {
        PhysAddr address = PhysAddr.FromTrusted(0x1801);
        Assert.That(address.AlignDown(0x1000).Value, Is.EqualTo(0x1000));
        Assert.That(address.AlignUp(0x1000).Value, Is.EqualTo(0x2000));
        Assert.That(address.AlignUp(0x1000).AlignUp(0x1000).Value, Is.EqualTo(0x2000));
        Assert.That(address.ContainingFrame, Is.EqualTo(FrameNumber.FromTrusted(1)));
        Assert.That(address.OffsetInFrame, Is.EqualTo(0x801));
    }

    [Test]
    public void The_highest_page_keeps_its_address()
    {
        VirtAddr top = VirtAddr.FromTrusted(0xFFFF_FFFF_FFFF_F000);
        Assert.That(top.ContainingPage.Start, Is.EqualTo(top));
        Assert.That(PageRange.Covering(top, PageNumber.SizeBytes).Count, Is.EqualTo(1));
    }

    [TestCase(0UL, 0UL)]
    [TestCase(1UL, 1UL)]
    [TestCase(4096UL, 1UL)]
    [TestCase(4097UL, 2UL)]
    [TestCase(ulong.MaxValue, 1UL << 52)]
    public void Frames_for_bytes_round_up(ulong bytes, ulong frames) => Assert.That(FrameNumber.CountFor(bytes), Is.EqualTo(frames));

    [Test]
    public void Texts_are_tagged()
    {
        Assert.That(PhysAddr.FromTrusted(0xABC).ToString(), Is.EqualTo("P:0xabc"));
        Assert.That(VirtAddr.FromTrusted(0xABC).ToString(), Is.EqualTo("V:0xabc"));
        Assert.That(FrameNumber.FromTrusted(0xABC).ToString(), Is.EqualTo("F#abc"));
    }
}
