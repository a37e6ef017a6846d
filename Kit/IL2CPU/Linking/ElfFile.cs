using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace IL2CPU.Linking;

/// <summary>A symbol of an ELF file.</summary>
/// <param name="Name">The name as the linker knows it.</param>
/// <param name="Address">The virtual address.</param>
/// <param name="Size">The size in bytes; 0 when the source did not say.</param>
/// <param name="IsFunction">Whether the symbol says that it is a function.</param>
/// <param name="IsGlobal">Whether other objects can name it.</param>
public readonly record struct ElfSymbol(string Name, ulong Address, ulong Size, bool IsFunction, bool IsGlobal);

/// <summary>Reads what the tool needs of a linked ELF64 file.</summary>
/// <remarks>Layouts: System V ABI, ELF-64 object file format; all fields little-endian.</remarks>
public sealed class ElfFile
{
    private const int SectionHeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int SymbolSize = 24;
    private const uint SymbolTableType = 2;
    private const uint LoadSegment = 1;
    private const ulong ExecutableFlag = 4;
    private const int FunctionType = 2;
    private const int NoType = 0;

    private readonly byte[] _bytes;

    private ElfFile(byte[] bytes)
    {
        _bytes = bytes;
        Validate();
    }

    /// <summary>The lowest address of the segments that are linked where the kernel runs.</summary>
    /// <remarks>What runs before paging is linked at its physical address: a segment whose two addresses are one does not count beside others.</remarks>
    public ulong ImageBase { get; private set; } = ulong.MaxValue;

    /// <summary>The bytes that are loaded: the sum of the segments' memory sizes.</summary>
    public ulong LoadedBytes { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is no little-endian ELF64 file.</exception>
    public static ElfFile Read(string file)
    {
        ElfFile elf = new(File.ReadAllBytes(file));
        elf.ReadSegments();
        return elf;
    }

    /// <summary>The symbols that lie in executable sections.</summary>
    public IReadOnlyList<ElfSymbol> CodeSymbols()
    {
        List<ElfSymbol> symbols = [];
        for (int i = 0; i < SectionCount; i++)
        {
            ReadOnlySpan<byte> section = Section(i);
            if (U32(section, 4) == SymbolTableType)
                ReadSymbols(section, symbols);
        }

        return symbols;
    }

    private int SectionCount => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(60));

    private void Validate()
    {
        ReadOnlySpan<byte> wanted = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (_bytes.Length < 64 || !_bytes.AsSpan(0, 6).SequenceEqual(wanted))
            throw new InvalidDataException("not a little-endian ELF64 file");
    }

    private void ReadSegments()
    {
        ulong lowest = ulong.MaxValue;
        int start = (int)U64(_bytes, 32);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(56));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> segment = _bytes.AsSpan(start + (i * ProgramHeaderSize), ProgramHeaderSize);
            if (U32(segment, 0) != LoadSegment)
                continue;
            ulong address = U64(segment, 16);
            lowest = Math.Min(lowest, address);
            if (address != U64(segment, 24))
                ImageBase = Math.Min(ImageBase, address);
            LoadedBytes += U64(segment, 40);
        }

        if (ImageBase == ulong.MaxValue)
            ImageBase = lowest;
    }

    private void ReadSymbols(ReadOnlySpan<byte> table, List<ElfSymbol> symbols)
    {
        int offset = (int)U64(table, 24);
        int end = offset + (int)U64(table, 32);
        int names = (int)U64(Section((int)U32(table, 40)), 24);
        for (; offset < end; offset += SymbolSize)
        {
            ReadOnlySpan<byte> symbol = _bytes.AsSpan(offset, SymbolSize);
            int type = symbol[4] & 15;
            int section = BinaryPrimitives.ReadUInt16LittleEndian(symbol[6..]);
            if (type is not (FunctionType or NoType) || section == 0 || section >= SectionCount)
                continue;
            if ((U64(Section(section), 8) & ExecutableFlag) == 0)
                continue;
            symbols.Add(new ElfSymbol(Text(names + (int)U32(symbol, 0)), U64(symbol, 8), U64(symbol, 16), type == FunctionType, symbol[4] >> 4 != 0));
        }
    }

    private ReadOnlySpan<byte> Section(int index)
    {
        return _bytes.AsSpan((int)U64(_bytes, 40) + (index * SectionHeaderSize), SectionHeaderSize);
    }

    private string Text(int offset)
    {
        int length = _bytes.AsSpan(offset).IndexOf((byte)0);
        return Encoding.UTF8.GetString(_bytes, offset, length);
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int offset)
    {
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
    }

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset)
    {
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
    }
}
