using System;
using System.Text;
using Cosmos.Core;
using IL2CPU.Symbols;

namespace Kit.Runtime;

/// <summary>Names of code addresses, from the table that the image builder put behind the code.</summary>
internal static unsafe class KernelSymbols
{
    private const int LongestName = 200;

    /// <summary>Writes <c>   at Name + 0x12</c> and ends the line; allocates nothing.</summary>
    public static void WriteFrame(byte* address)
    {
        byte* buffer = stackalloc byte[LongestName];
        EarlyConsole.Write("   at ");
        if (Reader().TryFind((ulong)address, new Span<byte>(buffer, LongestName), out int length, out ulong offset))
        {
            for (int i = 0; i < length; i++)
                EarlyConsole.Write(buffer[i]);
            EarlyConsole.Write(" + ");
            EarlyConsole.WriteHex(offset, 1);
        }
        else
        {
            EarlyConsole.WriteHex((ulong)address, 16);
        }

        EarlyConsole.Write((byte)'\n');
    }

    /// <summary>Adds the same line to <paramref name="text"/>.</summary>
    public static void AppendFrame(StringBuilder text, byte* address)
    {
        byte* buffer = stackalloc byte[LongestName];
        text.Append("   at ");
        if (Reader().TryFind((ulong)address, new Span<byte>(buffer, LongestName), out int length, out ulong offset))
            text.Append(Encoding.ASCII.GetString(buffer, length)).Append(" + 0x").Append(offset.ToString("x"));
        else
            text.Append("0x").Append(((ulong)address).ToString("x16"));
    }

    /// <summary>What <see cref="CodeNames.Finder"/> is set to.</summary>
    public static int Find(byte* address, byte* buffer, int capacity, ulong* offset)
    {
        bool isFound = Reader().TryFind((ulong)address, new Span<byte>(buffer, capacity), out int length, out ulong distance);
        *offset = distance;
        return isFound ? length : 0;
    }

    private static SymbolTableReader Reader()
    {
        ImageLayout* layout = ImageLayout.Get();
        return new SymbolTableReader(layout->SymbolsStart, (nuint)(layout->SymbolsEnd - layout->SymbolsStart));
    }
}
