using System.Collections.Generic;
using System.Text;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Images;

/// <summary>Splits what a user wrote for the kernel into words, the way a shell does.</summary>
public static class KernelCommandLine
{
    /// <summary><c>a=1 exec="x; y"</c> is the two words <c>a=1</c> and <c>exec=x; y</c>.</summary>
    /// <exception cref="ToolException">A quote is not closed, or the text has a control character.</exception>
    public static IReadOnlyList<string> Split(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool inWord = false;
        char quote = '\0';
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                throw new ToolException("the kernel's command line has a control character");
            }

            if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                inWord = true;
            }
            else if (c == ' ')
            {
                Finish();
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (quote != '\0')
        {
            throw new ToolException($"the kernel's command line has an unclosed {quote}: {text}");
        }

        Finish();
        return words;

        void Finish()
        {
            if (inWord)
            {
                words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
        }
    }
}
