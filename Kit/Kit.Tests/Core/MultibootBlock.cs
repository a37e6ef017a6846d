using System;
using System.Collections.Generic;
using System.Text;

namespace MemOS.Kit.Tests.Core;

/// <summary>Writes the block that a Multiboot2 boot loader hands over.</summary>
internal sealed class MultibootBlock
{
    private readonly List<byte> _bytes = new(new byte[8]);

    public MultibootBlock Tag(uint type, params byte[][] parts)
    {
        byte[] body = Join(parts);
        return RawTag(type, (uint)body.Length + 8, body);
    }

    /// <summary>A tag whose size field says what the caller wants.</summary>
    public MultibootBlock RawTag(uint type, uint size, byte[] body)
    {
        _bytes.AddRange(U32(type));
        _bytes.AddRange(U32(size));
        _bytes.AddRange(body);
        while (_bytes.Count % 8 != 0)
            _bytes.Add(0);
        return this;
    }

    public MultibootBlock Text(uint type, string text) => Tag(type, Encoding.UTF8.GetBytes(text + "\0"));

    public MultibootBlock Map(params (ulong Address, ulong Length, uint Type)[] entries)
    {
        List<byte[]> parts = new() { U32(24), U32(0) };
        foreach ((ulong address, ulong length, uint type) in entries)
            parts.Add(Join(U64(address), U64(length), U32(type), U32(0)));
        return Tag(6, parts.ToArray());
    }

    public MultibootBlock End() => Tag(0);

    public byte[] ToBytes()
    {
        byte[] all = _bytes.ToArray();
        U32((uint)all.Length).CopyTo(all, 0);
        return all;
    }

    public static byte[] U16(ushort value) => BitConverter.GetBytes(value);

    public static byte[] U32(uint value) => BitConverter.GetBytes(value);

    public static byte[] U64(ulong value) => BitConverter.GetBytes(value);

    public static byte[] Join(params byte[][] parts)
    {
        List<byte> all = new();
        foreach (byte[] part in parts)
            all.AddRange(part);
        return all.ToArray();
    }
}
