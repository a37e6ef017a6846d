using System;

namespace XSharp.Assembler;

/// <summary>What NASM takes as the name of a label.</summary>
internal static class SymbolName
{
    /// <summary>True for a name that belongs to the last label without a dot in front.</summary>
    public static bool IsLocal(string name)
    {
        return name[0] == '.';
    }

    public static void Check(string name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw new ArgumentException("A label needs a name.", nameof(name));
        }

        bool valid = IsStart(name[0]);
        for (int i = 1; valid && i < name.Length; i++)
        {
            valid = IsStart(name[i]) || (name[i] >= '0' && name[i] <= '9') || name[i] is '$' or '#' or '@' or '~';
        }

        if (!valid)
        {
            throw new ArgumentException($"'{name}' is not a name that NASM takes for a label.", nameof(name));
        }
    }

    private static bool IsStart(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c is '_' or '.' or '?';
    }
}
