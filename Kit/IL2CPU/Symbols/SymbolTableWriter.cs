using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace IL2CPU.Symbols;

/// <summary>Writes the image's table of code symbols: the section <c>.ksyms</c>.</summary>
/// <remarks>
/// <para>All numbers are little-endian; offsets in the header count from the table's start.</para>
/// <code>
/// header    u32 magic "KSYM"     u32 symbol count
///           u64 image base: the address that the symbols' offsets count from
///           u32 end of code: offset of the first byte after the last symbol's code
///           u32 offset of addresses   u32 offset of markers   u32 offset of names   u32 offset of tokens
///           u32 total size of the table
/// addresses u32 each: offset from the image base, ascending
/// markers   u32 each: for every 32nd symbol, where its name begins, from the start of the names
/// names     per symbol: length in bytes (one byte; 0x80 | high 7 bits and a second byte with the low 8 bits from 128 on), then that many
///           tokens
/// tokens    256 × u16: where the token's text begins, from the end of this list; the next one's begin is its end
///           (a 257th entry closes the last); then the texts, ASCII
/// </code>
/// <para>
/// A name is found by a binary search over the addresses, a marker, at most 31 steps over lengths, and one look-up a token.
/// Nothing is allocated and nothing is written: the reader, <see cref="SymbolTableReader"/>, runs in a panic.
/// </para>
/// </remarks>
public static class SymbolTableWriter
{
    /// <summary>The magic number: "KSYM".</summary>
    public const uint Magic = 0x4D59534B;

    /// <summary>Every how many symbols there is a marker.</summary>
    public const int MarkerInterval = 32;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = 40;

    private const int LongestName = 511;

    /// <summary>Makes the table.</summary>
    /// <param name="imageBase">The address that offsets count from.</param>
    /// <param name="codeEnd">Bytes from the base to the end of the last symbol's code.</param>
    /// <param name="symbols">The symbols; of two with the same offset the first is kept.</param>
    public static byte[] Write(ulong imageBase, uint codeEnd, IEnumerable<CodeSymbol> symbols)
    {
        List<CodeSymbol> sorted = symbols.GroupBy(s => s.Offset).Select(g => g.First()).OrderBy(s => s.Offset).ToList();
        TokenTable tokens = TokenTable.Build(sorted.Select(s => Ascii(s.Name)).ToList());
        byte[] names = Names(tokens, out List<uint> markers);

        int addressesAt = HeaderSize;
        int markersAt = addressesAt + (4 * sorted.Count);
        int namesAt = markersAt + (4 * markers.Count);
        int tokensAt = (namesAt + names.Length + 1) & ~1;

        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(Magic);
        writer.Write(sorted.Count);
        writer.Write(imageBase);
        writer.Write(codeEnd);
        writer.Write(addressesAt);
        writer.Write(markersAt);
        writer.Write(namesAt);
        writer.Write(tokensAt);
        writer.Write(0);
        foreach (CodeSymbol symbol in sorted)
            writer.Write(symbol.Offset);
        markers.ForEach(writer.Write);
        writer.Write(names);
        writer.Write(new byte[tokensAt - namesAt - names.Length]);
        WriteTokens(writer, tokens);
        writer.Write(new byte[(-(int)stream.Length) & 7]);
        stream.Position = HeaderSize - 4;
        writer.Write((uint)stream.Length);
        return stream.ToArray();
    }

    private static string Ascii(string name)
    {
        string shown = name.Length <= LongestName ? name : string.Concat(name.AsSpan(0, LongestName - 3), "...");
        return Encoding.ASCII.GetString(Encoding.ASCII.GetBytes(shown));
    }

    private static byte[] Names(TokenTable tokens, out List<uint> markers)
    {
        markers = [];
        using MemoryStream names = new();
        for (int i = 0; i < tokens.Encoded.Count; i++)
        {
            if (i % MarkerInterval == 0)
                markers.Add((uint)names.Length);
            byte[] name = tokens.Encoded[i];
            if (name.Length >= 0x80)
                names.WriteByte((byte)(0x80 | (name.Length >> 8)));
            names.WriteByte((byte)name.Length);
            names.Write(name);
        }

        return names.ToArray();
    }

    private static void WriteTokens(BinaryWriter writer, TokenTable tokens)
    {
        int at = 0;
        foreach (byte[] expansion in tokens.Expansions)
        {
            writer.Write(checked((ushort)at));
            at += expansion.Length;
        }

        writer.Write(checked((ushort)at));
        foreach (byte[] expansion in tokens.Expansions)
            writer.Write(expansion);
    }
}
