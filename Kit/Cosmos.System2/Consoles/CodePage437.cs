namespace Cosmos.System.Consoles;

/// <summary>The character set of VGA's text mode.</summary>
public static class CodePage437
{
    // Code points of bytes 80h to FFh, from the code page's registration (IBM 437).
    private const string UpperHalf =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»" +
        "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
        "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

    // Bytes 10h to 1Fh and a few below, in VGA's own character generator.
    private const string ArrowsFrom10 = "►◄↕‼¶§▬↨↑↓→←∟↔▲▼";

    /// <summary>The byte that shows <paramref name="character"/>, or that of a question mark.</summary>
    public static byte FromChar(char character)
    {
        if (character is >= ' ' and <= '~')
        {
            return (byte)character;
        }

        for (int i = 0; i < UpperHalf.Length; i++)
        {
            if (UpperHalf[i] == character)
            {
                return (byte)(0x80 + i);
            }
        }

        for (int i = 0; i < ArrowsFrom10.Length; i++)
        {
            if (ArrowsFrom10[i] == character)
            {
                return (byte)(0x10 + i);
            }
        }

        // The Greek letter that looks like the micro sign has a code point of its own.
        return character == 'μ' ? FromChar('µ') : (byte)'?';
    }
}
