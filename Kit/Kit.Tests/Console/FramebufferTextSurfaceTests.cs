using System;
using System.Linq;
using System.Runtime.InteropServices;
using Cosmos.Core.Multiboot;
using Cosmos.System.Consoles;
using NUnit.Framework;

namespace Kit.Tests.Consoles;

public sealed unsafe class FramebufferTextSurfaceTests
{
    private const int Width = 30;
    private const int Height = 40;
    private const int Padding = 20;

    private byte[] _memory = null!;
    private GCHandle _pin;

    private static readonly FramebufferInfo[] s_formats =
    {
        Format(32, 16, 8, 8, 8, 0, 8),
        Format(32, 0, 8, 8, 8, 16, 8),
        Format(32, 20, 10, 10, 10, 0, 10),
        Format(24, 16, 8, 8, 8, 0, 8),
        Format(16, 11, 5, 5, 6, 0, 5),
        Format(15, 10, 5, 5, 5, 0, 5),
    };

    [SetUp]
    public void SetUp()
    {
        _memory = new byte[((Width * 4) + Padding) * Height];
        Array.Fill(_memory, (byte)0xEE);
        _pin = GCHandle.Alloc(_memory, GCHandleType.Pinned);
    }

    [TearDown]
    public void TearDown() => _pin.Free();

    [TestCaseSource(nameof(s_formats))]
    public void A_character_is_drawn_pixel_by_pixel_in_its_colours(FramebufferInfo format)
    {
        FramebufferTextSurface surface = Create(format);
        Assert.That((surface.Columns, surface.Rows), Is.EqualTo((3, 2)));
        surface.Draw(2, 1, new Cell('A', 0x1E));
        uint foreground = Pixel(format, 0xFF, 0xFF, 0x55);
        uint background = Pixel(format, 0x00, 0x00, 0xAA);
        for (int y = 0; y < Font8x16.Height; y++)
        {
            for (int x = 0; x < Font8x16.Width; x++)
            {
                bool ink = (Font8x16.Glyph('A')[y] & (0x80 >> x)) != 0;
                Assert.That(Read(format, 16 + x, 16 + y), Is.EqualTo(ink ? foreground : background), $"pixel {x}, {y}");
            }
        }
    }

    [TestCaseSource(nameof(s_formats))]
    public void Nothing_outside_the_cell_is_touched(FramebufferInfo format)
    {
        Create(format).Draw(1, 0, new Cell('#', 0x07));
        int bytes = (format.BitsPerPixel + 7) / 8;
        for (int i = 0; i < _memory.Length; i++)
        {
            int line = i / (int)format.PitchBytes;
            int x = i % (int)format.PitchBytes;
            bool inside = line < 16 && x >= 8 * bytes && x < 16 * bytes;
            Assert.That(_memory[i] != 0xEE, Is.EqualTo(inside), $"line {line}, byte {x}");
        }
    }

    [TestCaseSource(nameof(s_formats))]
    public void The_cursor_underlines_and_goes_without_a_trace(FramebufferInfo format)
    {
        FramebufferTextSurface surface = Create(format);
        var cell = new Cell('g', 0x07);
        surface.Draw(0, 0, cell);
        byte[] before = _memory.ToArray();
        surface.ShowCursor(0, 0, cell);
        Assert.That(_memory, Is.Not.EqualTo(before));
        Assert.That(Read(format, 0, 15), Is.EqualTo(Pixel(format, 0xAA, 0xAA, 0xAA)));
        surface.HideCursor(0, 0, cell);
        Assert.That(_memory, Is.EqualTo(before));
    }

    [Test]
    public void Two_colours_after_each_other_do_not_mix()
    {
        FramebufferInfo format = s_formats[0];
        FramebufferTextSurface surface = Create(format);
        surface.Draw(0, 0, new Cell('█', 0x0C));
        surface.Draw(1, 0, new Cell('█', 0x0A));
        surface.Draw(2, 0, new Cell('█', 0x0C));
        Assert.That(Read(format, 0, 0), Is.EqualTo(0xFF5555));
        Assert.That(Read(format, 8, 0), Is.EqualTo(0x55FF55));
        Assert.That(Read(format, 16, 0), Is.EqualTo(0xFF5555));
    }

    [Test]
    public void A_surface_follows_its_memory()
    {
        FramebufferTextSurface surface = Create(s_formats[0], address: 0);
        surface.MoveTo((nuint)_pin.AddrOfPinnedObject());
        surface.Draw(0, 0, new Cell('█', 0x0F));
        Assert.That(Read(s_formats[0], 0, 0), Is.EqualTo(0xFFFFFF));
    }

    [Test]
    public void What_cannot_be_drawn_on_is_refused()
    {
        FramebufferInfo good = s_formats[0];
        Assert.That(Refused(good), Is.False);
        Assert.That(Refused(good with { Kind = FramebufferKind.Indexed }));
        Assert.That(Refused(good with { Kind = FramebufferKind.Text }));
        Assert.That(Refused(good with { BitsPerPixel = 8 }));
        Assert.That(Refused(good with { Width = 7 }));
        Assert.That(Refused(good with { Height = 15 }));
        Assert.That(Refused(good with { Width = 0x80000000 }));
        Assert.That(Refused(good with { PitchBytes = (Width * 4) - 1 }));
        Assert.That(Refused(good with { RedBits = 0 }));
        Assert.That(Refused(good with { BluePosition = 30 }));
    }

    [Test]
    public void A_screen_on_pixels_scrolls()
    {
        FramebufferInfo format = s_formats[0];
        var screen = new TextScreen(Create(format));
        screen.Write("a\nb\nc");
        byte[] scrolled = _memory.ToArray();
        screen.Clear();
        screen.Write("b\nc");
        Assert.That(_memory, Is.EqualTo(scrolled));
    }

    private static bool Refused(FramebufferInfo info) => FramebufferTextSurface.TryCreate(info, 0) is null;

    private static FramebufferInfo Format(int bits, int red, int redBits, int green, int greenBits, int blue, int blueBits) => new()
    {
        Kind = FramebufferKind.Rgb,
        Width = Width,
        Height = Height,
        BitsPerPixel = (byte)bits,
        PitchBytes = (uint)((Width * ((bits + 7) / 8)) + Padding),
        RedPosition = (byte)red,
        RedBits = (byte)redBits,
        GreenPosition = (byte)green,
        GreenBits = (byte)greenBits,
        BluePosition = (byte)blue,
        BlueBits = (byte)blueBits,
    };

    private static uint Pixel(FramebufferInfo format, int red, int green, int blue)
    {
        return Scale(red, format.RedBits) << format.RedPosition
            | Scale(green, format.GreenBits) << format.GreenPosition
            | Scale(blue, format.BlueBits) << format.BluePosition;

        static uint Scale(int intensity, int bits) => (uint)(intensity * (1 << bits) / 256);
    }

    private FramebufferTextSurface Create(FramebufferInfo format) => Create(format, (nuint)_pin.AddrOfPinnedObject());

    private static FramebufferTextSurface Create(FramebufferInfo format, nuint address) => FramebufferTextSurface.TryCreate(format, address)!;

    private uint Read(FramebufferInfo format, int x, int y)
    {
        int bytes = (format.BitsPerPixel + 7) / 8;
        int offset = (y * (int)format.PitchBytes) + (x * bytes);
        uint pixel = 0;
        for (int i = bytes - 1; i >= 0; i--)
        {
            pixel = (pixel << 8) | _memory[offset + i];
        }

        return pixel;
    }
}
