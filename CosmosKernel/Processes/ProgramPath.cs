using System.Collections.Generic;

namespace MemOS.Processes;

/// <summary>Paths of programs (path_resolution(7)); there are no links.</summary>
public static class ProgramPath
{
    /// <summary>The folder that all others are in.</summary>
    public const string Root = "/";

    /// <summary>What <paramref name="path"/> means in <paramref name="folder"/>: from the root, without dots and double slashes.</summary>
    /// <param name="folder">A path from the root.</param>
    /// <param name="path">Any text.</param>
    public static string Resolve(string folder, string path)
    {
        List<string> parts = new();
        if (path.Length == 0 || path[0] != '/') AddParts(parts, folder);
        AddParts(parts, path);
        if (parts.Count == 0) return Root;
        string whole = "";
        for (int index = 0; index < parts.Count; index++) whole += Root + parts[index];
        return whole;
    }

    private static void AddParts(List<string> parts, string path)
    {
        int start = 0;
        for (int at = 0; at <= path.Length; at++)
        {
            if (at < path.Length && path[at] != '/') continue;
            string part = path.Substring(start, at - start);
            start = at + 1;
            if (part == "..")
            {
                if (parts.Count != 0) parts.RemoveAt(parts.Count - 1);
            }
            else if (part.Length != 0 && part != ".")
            {
                parts.Add(part);
            }
        }
    }
}
