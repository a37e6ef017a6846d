using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace IL2CPU.Symbols;

/// <summary>Shortens texts by byte pairs: bytes that the texts do not use stand for the pairs that they use most.</summary>
/// <remarks>
/// Byte-pair encoding (P. Gage, "A New Algorithm for Data Compression", 1994). Every byte has an expansion, its own character or
/// a longer piece, so decoding is one table look-up a byte and needs no memory.
/// </remarks>
internal sealed class TokenTable
{
    private readonly byte[][] _expansions;

    private TokenTable(byte[][] expansions, byte[][] encoded)
    {
        _expansions = expansions;
        Encoded = encoded;
    }

    /// <summary>What each of the 256 bytes stands for; empty for a byte that is not used.</summary>
    public IReadOnlyList<byte[]> Expansions => _expansions;

    /// <summary>The shortened texts, in the order given.</summary>
    public IReadOnlyList<byte[]> Encoded { get; }

    /// <summary>Shortens <paramref name="texts"/>, which must be ASCII.</summary>
    public static TokenTable Build(IReadOnlyList<string> texts)
    {
        byte[][] expansions = new byte[256][];
        List<byte>[] encoded = texts.Select(t => Encoding.ASCII.GetBytes(t).ToList()).ToArray();
        bool[] used = new bool[256];
        foreach (byte b in encoded.SelectMany(e => e))
            used[b] = true;
        for (int b = 0; b < 256; b++)
            expansions[b] = used[b] ? [(byte)b] : [];

        int[] counts = new int[0x10000];
        for (int token = 0; token < 256; token++)
        {
            if (used[token])
                continue;
            int pair = MostFrequentPair(encoded, counts);
            if (pair < 0)
                break;
            expansions[token] = [.. expansions[pair >> 8], .. expansions[pair & 0xff]];
            foreach (List<byte> text in encoded)
                Replace(text, (byte)(pair >> 8), (byte)pair, (byte)token);
        }

        return new TokenTable(expansions, encoded.Select(e => e.ToArray()).ToArray());
    }

    /// <summary>The pair that occurs most, the lowest of equals; -1 when none occurs more than twice.</summary>
    private static int MostFrequentPair(List<byte>[] texts, int[] counts)
    {
        Array.Clear(counts);
        foreach (List<byte> text in texts)
        {
            for (int i = 1; i < text.Count; i++)
                counts[(text[i - 1] << 8) | text[i]]++;
        }

        int best = 0;
        for (int pair = 1; pair < counts.Length; pair++)
        {
            if (counts[pair] > counts[best])
                best = pair;
        }

        return counts[best] > 2 ? best : -1;
    }

    private static void Replace(List<byte> text, byte first, byte second, byte token)
    {
        int to = 0;
        for (int from = 0; from < text.Count; from++, to++)
        {
            bool isPair = from + 1 < text.Count && text[from] == first && text[from + 1] == second;
            text[to] = isPair ? token : text[from];
            from += isPair ? 1 : 0;
        }

        text.RemoveRange(to, text.Count - to);
    }
}
