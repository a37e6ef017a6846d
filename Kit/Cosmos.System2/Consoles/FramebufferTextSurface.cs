using System;
using Cosmos.Core.Multiboot;

namespace Cosmos.System.Consoles;

/// <summary>Text drawn with <see cref="Font8x16"/> on a linear framebuffer of 15, 16, 24 or 32 bits a pixel.</summary>
/// <remarks>
/// Cost: a cell is 128 pixels. With 32 bits a pixel, two pixels at a time come from a table of the four pairs that two
/// colours can make, so a cell takes 64 stores; the other formats are drawn byte by byte.
/// </remarks>
public sealed unsafe class FramebufferTextSurface : TextSurface
{
    private const int CursorTop = 14;

    // The sixteen colours as VGA's palette has them, 0xRRGGBB.
    private static ReadOnlySpan<uint> Palette => new uint[]
    {
        0x000000, 0x0000AA, 0x00AA00, 0x00AAAA, 0xAA0000, 0xAA00AA, 0xAA5500, 0xAAAAAA,
        0x555555, 0x5555FF, 0x55FF55, 0x55FFFF, 0xFF5555, 0xFF55FF, 0xFFFF55, 0xFFFFFF,
    };

    private readonly uint[] _pixels = new uint[16];
    private readonly ulong[] _pairs = new ulong[4];
    private readonly int _bytesPerPixel;
    private readonly uint _pitch;
    private int _pairColours = -1;
    private byte* _memory;

    private FramebufferTextSurface(in FramebufferInfo info, CosmosAddress address)
    {
        _memory = (byte*)address;
        _pitch = info.PitchBytes;
        _bytesPerPixel = (info.BitsPerPixel + 7) / 8;
        Columns = (int)(info.Width / Font8x16.Width);
        Rows = (int)(info.Height / Font8x16.Height);
        for (int i = 0; i < _pixels.Length; i++)
        {
            uint colour = Palette[i];
            _pixels[i] = Field(colour >> 16, info.RedPosition, info.RedBits)
                | Field(colour >> 8, info.GreenPosition, info.GreenBits)
                | Field(colour, info.BluePosition, info.BlueBits);
        }
    }

    /// <inheritdoc/>
    public override int Columns { get; }

    /// <inheritdoc/>
    public override int Rows { get; }

    /// <summary>Creates a surface when the framebuffer has a format that can be drawn on and room for a character.</summary>
    /// <param name="info">What the boot loader says of the framebuffer.</param>
    /// <param name="address">Where its memory is mapped.</param>
    public static FramebufferTextSurface? TryCreate(in FramebufferInfo info, CosmosAddress address)
    {
        bool drawable = info.Kind == FramebufferKind.Rgb
            && info.BitsPerPixel is 15 or 16 or 24 or 32
            && FieldFits(info.RedPosition, info.RedBits, info.BitsPerPixel)
            && FieldFits(info.GreenPosition, info.GreenBits, info.BitsPerPixel)
            && FieldFits(info.BluePosition, info.BlueBits, info.BitsPerPixel)
            && info.Width >= Font8x16.Width && info.Height >= Font8x16.Height
            && info.Width <= 0x10000 && info.Height <= 0x10000
            && info.PitchBytes >= info.Width * (((uint)info.BitsPerPixel + 7) / 8);
        return drawable ? new FramebufferTextSurface(info, address) : null;
    }

    /// <inheritdoc/>
    public override void MoveTo(CosmosAddress address) => _memory = (byte*)address;

    /// <inheritdoc/>
    public override void Draw(int column, int row, Cell cell) =>
        DrawRows(column, row, cell, Font8x16.Glyph(cell.Character), firstRow: 0);

    /// <inheritdoc/>
    public override void ShowCursor(int column, int row, Cell under)
    {
        ReadOnlySpan<byte> bar = new byte[] { 0xFF, 0xFF };
        DrawRows(column, row, under, bar, CursorTop);
    }

    /// <inheritdoc/>
    public override void HideCursor(int column, int row, Cell under) => Draw(column, row, under);

    // The upper bits of an 8-bit intensity, as many as the field has, at the field's place.
    private static uint Field(uint intensity, int position, int bits)
    {
        uint value = intensity & 0xFF;
        return (bits <= 8 ? value >> (8 - bits) : value << (bits - 8)) << position;
    }

    private static bool FieldFits(int position, int bits, int bitsPerPixel) =>
        bits is > 0 and <= 16 && position + bits <= bitsPerPixel;

    private void DrawRows(int column, int row, Cell cell, ReadOnlySpan<byte> rows, int firstRow)
    {
        // SAFETY: TextScreen stays inside Columns × Rows; TryCreate saw that so many cells lie inside the framebuffer.
        byte* line = _memory
            + (((nuint)(uint)(row * Font8x16.Height) + (uint)firstRow) * _pitch)
            + ((uint)(column * Font8x16.Width) * (uint)_bytesPerPixel);
        if (_bytesPerPixel == 4)
        {
            SelectPairs(cell.Colours);
            foreach (byte bits in rows)
            {
                DrawPairs((ulong*)line, bits);
                line += _pitch;
            }

            return;
        }

        uint foreground = _pixels[cell.Colours & 0x0F];
        uint background = _pixels[cell.Colours >> 4];
        foreach (byte bits in rows)
        {
            DrawBytes(line, bits, foreground, background);
            line += _pitch;
        }
    }

    private void DrawPairs(ulong* line, byte bits)
    {
        ulong[] pairs = _pairs;
        line[0] = pairs[bits >> 6];
        line[1] = pairs[(bits >> 4) & 3];
        line[2] = pairs[(bits >> 2) & 3];
        line[3] = pairs[bits & 3];
    }

    private void DrawBytes(byte* line, byte bits, uint foreground, uint background)
    {
        for (int x = 0; x < Font8x16.Width; x++)
        {
            uint pixel = (bits & (0x80 >> x)) != 0 ? foreground : background;
            for (int i = 0; i < _bytesPerPixel; i++)
            {
                *line++ = (byte)(pixel >> (8 * i));
            }
        }
    }

    private void SelectPairs(byte colours)
    {
        if (_pairColours == colours)
        {
            return;
        }

        ulong foreground = _pixels[colours & 0x0F];
        ulong background = _pixels[colours >> 4];
        _pairs[0] = (background << 32) | background;
        _pairs[1] = (foreground << 32) | background;
        _pairs[2] = (background << 32) | foreground;
        _pairs[3] = (foreground << 32) | foreground;
        _pairColours = colours;
    }
}
