namespace MemOS.Shell;

/// <summary>Numbers as they are typed: decimal, or hexadecimal behind 0x.</summary>
public static class NumberText
{
    /// <summary>The prefix of a hexadecimal number.</summary>
    public const string HexPrefix = "0x";

    private const int HexPrefixLength = 2;

    /// <summary>Reads <paramref name="text"/> as a number; false when it is none, or has more than 64 bits.</summary>
    public static bool TryParse(string text, out ulong number) =>
        HasPrefix(text, HexPrefix) ? TryParseDigits(text, HexPrefixLength, 16, out number) : TryParseDigits(text, 0, 10, out number);

    /// <summary>Reads the digits of <paramref name="text"/> from <paramref name="start"/> on, at least one, in a base up to 16.</summary>
    public static bool TryParseDigits(string text, int start, uint numberBase, out ulong number)
    {
        number = 0;
        if (start >= text.Length) return false;
        for (int i = start; i < text.Length; i++)
        {
            uint digit = DigitOf(text[i]);
            if (digit >= numberBase || number > (ulong.MaxValue - digit) / numberBase) return false;
            number = (number * numberBase) + digit;
        }

        return true;
    }

    internal static bool HasPrefix(string text, string prefix) =>
        prefix.Length <= text.Length && string.CompareOrdinal(text, 0, prefix, 0, prefix.Length) == 0;

    private static uint DigitOf(char character)
    {
        if (character is >= '0' and <= '9') return (uint)(character - '0');
        if (character is >= 'a' and <= 'f') return (uint)(character - 'a' + 10);
        return character is >= 'A' and <= 'F' ? (uint)(character - 'A' + 10) : uint.MaxValue;
    }
}
