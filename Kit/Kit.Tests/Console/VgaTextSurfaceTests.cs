using System.Collections.Generic;
using Cosmos.System.Consoles;
using NUnit.Framework;

namespace Kit.Tests.Consoles;

public sealed unsafe class VgaTextSurfaceTests
{
    [Test]
    public void Cells_are_character_and_attribute_at_their_place()
    {
        ushort[] memory = new ushort[80 * 25];
        fixed (ushort* cells = memory)
        {
            var surface = new VgaTextSurface(new FakeCrtc(), (nuint)cells);
            surface.Draw(0, 0, new Cell('A', 0x07));
            surface.Draw(79, 24, new Cell('é', 0x1F));
        }

        Assert.That(memory[0], Is.EqualTo(0x0741));
        Assert.That(memory[1999], Is.EqualTo(0x1F82));
    }

    [Test]
    public void The_cursor_registers_hold_the_place()
    {
        var crtc = new FakeCrtc();
        ushort[] memory = new ushort[80 * 25];
        fixed (ushort* cells = memory)
        {
            var screen = new TextScreen(new VgaTextSurface(crtc, (nuint)cells));
            screen.MoveCursor(7, 12);
            Assert.That(crtc.CursorPlace, Is.EqualTo((12 * 80) + 7));
            Assert.That(crtc.CursorIsOff, Is.False);
            screen.CursorVisible = false;
            Assert.That(crtc.CursorIsOff);
        }
    }

    [TestCase('─', 0xC4)]
    [TestCase('│', 0xB3)]
    [TestCase('┌', 0xDA)]
    [TestCase('┘', 0xD9)]
    [TestCase('┼', 0xC5)]
    [TestCase('█', 0xDB)]
    [TestCase('░', 0xB0)]
    [TestCase('▀', 0xDF)]
    [TestCase('▄', 0xDC)]
    [TestCase('°', 0xF8)]
    [TestCase('µ', 0xE6)]
    [TestCase('μ', 0xE6)]
    [TestCase('ß', 0xE1)]
    [TestCase('±', 0xF1)]
    [TestCase('²', 0xFD)]
    [TestCase('→', 0x1A)]
    [TestCase('↑', 0x18)]
    [TestCase('~', 0x7E)]
    [TestCase('€', 0x3F)]
    [TestCase('\u0007', 0x3F)]
    public void Characters_have_their_code_page_437_byte(char character, int expected)
    {
        Assert.That(CodePage437.FromChar(character), Is.EqualTo(expected));
    }

    private sealed class FakeCrtc : PortAccess
    {
        private readonly Dictionary<byte, byte> _registers = new();
        private byte _index;

        public int CursorPlace => (_registers[0x0E] << 8) | _registers[0x0F];

        public bool CursorIsOff => (_registers[0x0A] & 0x20) != 0;

        public override byte Read8(int port) => 0;

        public override void Write8(int port, byte value)
        {
            if (port == 0x3D4)
            {
                _index = value;
            }
            else if (port == 0x3D5)
            {
                _registers[_index] = value;
            }
        }
    }
}
