using System.Collections.Generic;
using System.Text;

namespace MemOS.Shell;

/// <summary>Splits what was typed into commands and those into words.</summary>
/// <remarks>
/// Blanks separate words and <c>;</c> separates commands. Between quotation marks, single or double, both stand for
/// themselves; between double ones <c>\"</c> is a quotation mark and <c>\\</c> a backslash. A word that starts with <c>#</c> begins a
/// comment.
/// </remarks>
public static class ScriptParser
{
    /// <summary>Parses <paramref name="text"/>; false when a quotation mark has no partner.</summary>
    public static bool TryParse(string text, out List<string[]> commands)
    {
        commands = new List<string[]>();
        var words = new List<string>();
        int place = 0;
        while (place < text.Length)
        {
            char character = text[place];
            if (character == '#') break;

            if (character == ';')
            {
                EndCommand(words, commands);
                place++;
            }
            else if (character is ' ' or '\t' or '\r' or '\n')
            {
                place++;
            }
            else if (TryReadWord(text, ref place, out string word))
            {
                words.Add(word);
            }
            else
            {
                return false;
            }
        }

        EndCommand(words, commands);
        return true;
    }

    private static void EndCommand(List<string> words, List<string[]> commands)
    {
        if (words.Count > 0) commands.Add(words.ToArray());
        words.Clear();
    }

    private static bool TryReadWord(string text, ref int place, out string word)
    {
        var characters = new StringBuilder();
        char quote = '\0';
        for (; place < text.Length; place++)
        {
            char character = text[place];
            if (quote == '\0')
            {
                if (character is ' ' or '\t' or '\r' or '\n' or ';') break;

                if (character is '"' or '\'') quote = character;
                else characters.Append(character);
            }
            else if (character == quote)
            {
                quote = '\0';
            }
            else
            {
                bool escape = quote == '"' && character == '\\' && place + 1 < text.Length && text[place + 1] is '"' or '\\';
                if (escape) place++;
                characters.Append(text[place]);
            }
        }

        word = characters.ToString();
        return quote == '\0';
    }
}
