using System;
using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

/// <summary>Which images of vector registers the processor may be given.</summary>
public sealed unsafe class VectorImageTests
{
    private const uint Bytes = 832;
    private const ulong Components = 7;
    private const uint ControlMask = 0xFFFF;

    [Test]
    public void The_image_after_a_reset_is_allowed()
    {
        Assert.That(IsAllowed(Components, (_, _) => { }));
        Assert.That(IsAllowed(0, (_, _) => { }));
    }

    [Test]
    public void Any_reserved_bit_of_the_control_word_is_refused([Range(0, 31)] int bit) =>
        Assert.That(IsAllowed(Components, (bytes, _) => bytes[24 + (bit / 8)] ^= (byte)(1 << (bit % 8))), Is.EqualTo(bit < 16));

    [Test]
    public void Any_component_that_the_processor_has_not_is_refused([Range(0, 63)] int bit) =>
        Assert.That(IsAllowed(Components, (bytes, _) => bytes[512 + (bit / 8)] |= (byte)(1 << (bit % 8))), Is.EqualTo(bit < 3));

    [Test]
    public void Any_other_bit_of_the_header_is_refused([Range(520, 575, 5)] int at) =>
        Assert.That(IsAllowed(Components, (bytes, _) => bytes[at] = 0x40), Is.False);

    [Test]
    public void Other_bytes_may_be_anything([Values(0, 32, 160, 464, 511, 576, 831)] int at) =>
        Assert.That(IsAllowed(Components, (bytes, _) => bytes[at] = 0xFF));

    [Test]
    public void Legacy_images_have_no_header()
    {
        Assert.That(IsAllowed(0, (bytes, _) => bytes[520] = 1));
        Assert.That(IsAllowed(Components, (bytes, image) => { bytes[520] = 0xFF; bytes[600] = 1; image.KeepLegacy(); }));
    }

    [TestCase(0x0001u, 7)]
    [TestCase(0x0004u, 3)]
    [TestCase(0x0008u, 4)]
    [TestCase(0x0010u, 5)]
    [TestCase(0x0020u, 6)]
    [TestCase(0x0085u, 3)] // An invalid operation that is masked, and a division that is not.
    public void An_exception_has_its_code(uint control, int code) => IsAllowed(Components, (bytes, image) =>
    {
        BitConverter.TryWriteBytes(bytes.AsSpan(24), control);
        Assert.That(CodeOf(bytes), Is.EqualTo(code));
    });

    private static int CodeOf(byte[] bytes)
    {
        fixed (byte* first = bytes) return new VectorImage(first, Bytes, Components).VectorException;
    }

    private static bool IsAllowed(ulong components, Action<byte[], VectorImage> change)
    {
        byte[] bytes = new byte[components == 0 ? VectorImage.LegacyBytes + 64 : Bytes];
        fixed (byte* first = bytes)
        {
            VectorImage image = new(first, components == 0 ? VectorImage.LegacyBytes : Bytes, components);
            image.Reset();
            change(bytes, image);
            return image.IsAllowed(ControlMask);
        }
    }
}
