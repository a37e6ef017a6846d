using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Text;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>A picture of a screen with text on black: which pixels are lit, and which character cells have any.</summary>
/// <remarks>Reads PNG files as an emulator writes them: 8 bits a channel, not interlaced (PNG specification, 3rd edition).</remarks>
internal sealed class Picture
{
    private const int SignatureBytes = 8;
    private const int ChunkOverhead = 12;

    private readonly byte[] _pixels;
    private readonly int _pixelBytes;

    private Picture(int width, int height, int pixelBytes, byte[] pixels)
    {
        Width = width;
        Height = height;
        _pixelBytes = pixelBytes;
        _pixels = pixels;
    }

    public int Width { get; }

    public int Height { get; }

    public static Picture Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        MemoryStream packed = new();
        int width = 0;
        int height = 0;
        int pixelBytes = 0;
        for (int position = SignatureBytes; position < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file[position..]);
            ReadOnlySpan<byte> data = file.Slice(position + 8, length);
            switch (Encoding.ASCII.GetString(file.Slice(position + 4, 4)))
            {
                case "IHDR":
                    width = BinaryPrimitives.ReadInt32BigEndian(data);
                    height = BinaryPrimitives.ReadInt32BigEndian(data[4..]);
                    Assert.That((data[8], data[12]), Is.EqualTo(((byte)8, (byte)0)), "8 bits a channel, not interlaced");
                    pixelBytes = data[9] switch { 0 => 1, 2 => 3, 6 => 4, _ => throw new InvalidDataException("a kind of PNG that is not read here") };
                    break;
                case "IDAT":
                    packed.Write(data);
                    break;
            }

            position += length + ChunkOverhead;
        }

        packed.Position = 0;
        return new Picture(width, height, pixelBytes, Unpack(packed, width * pixelBytes, height, pixelBytes));
    }

    /// <summary>A row of text as a shape: <c>#</c> for a cell with a lit pixel, a space for a dark one; dark cells at the end left out.</summary>
    public string Shape(int row, int cellWidth, int cellHeight)
    {
        char[] shape = new char[Width / cellWidth];
        for (int column = 0; column < shape.Length; column++)
            shape[column] = IsLit(column * cellWidth, row * cellHeight, cellWidth, cellHeight) ? '#' : ' ';
        return new string(shape).TrimEnd();
    }

    private static byte[] Unpack(Stream packed, int rowBytes, int height, int pixelBytes)
    {
        byte[] pixels = new byte[rowBytes * height];
        using ZLibStream rows = new(packed, CompressionMode.Decompress);
        ReadOnlySpan<byte> above = new byte[rowBytes];
        for (int y = 0; y < height; y++)
        {
            int filter = rows.ReadByte();
            Span<byte> row = pixels.AsSpan(y * rowBytes, rowBytes);
            rows.ReadExactly(row);
            for (int x = 0; x < rowBytes; x++)
            {
                int left = x < pixelBytes ? 0 : row[x - pixelBytes];
                int corner = x < pixelBytes ? 0 : above[x - pixelBytes];
                row[x] += (byte)Predict(filter, left, above[x], corner);
            }

            above = row;
        }

        return pixels;
    }

    private static int Predict(int filter, int left, int above, int corner) => filter switch
    {
        0 => 0,
        1 => left,
        2 => above,
        3 => (left + above) / 2,
        _ => Nearest(left, above, corner),
    };

    // The one of the three that is nearest to left + above - corner.
    private static int Nearest(int left, int above, int corner)
    {
        int toLeft = Math.Abs(above - corner);
        int toAbove = Math.Abs(left - corner);
        int toCorner = Math.Abs(left + above - (2 * corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    private bool IsLit(int left, int top, int width, int height)
    {
        for (int y = top; y < top + height; y++)
        {
            if (_pixels.AsSpan(((y * Width) + left) * _pixelBytes, width * _pixelBytes).ContainsAnyExcept((byte)0)) return true;
        }

        return false;
    }
}
