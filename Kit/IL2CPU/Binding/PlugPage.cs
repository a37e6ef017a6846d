using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace IL2CPU.Binding;

/// <summary>Writes the list of plugs as a page of documentation.</summary>
public static partial class PlugPage
{
    private static readonly Dictionary<string, string> s_keywords = new()
    {
        ["Void"] = "void",
        ["Boolean"] = "bool",
        ["Byte"] = "byte",
        ["SByte"] = "sbyte",
        ["Int16"] = "short",
        ["UInt16"] = "ushort",
        ["Int32"] = "int",
        ["UInt32"] = "uint",
        ["Int64"] = "long",
        ["UInt64"] = "ulong",
        ["IntPtr"] = "nint",
        ["UIntPtr"] = "nuint",
        ["Char"] = "char",
        ["String"] = "string",
        ["Object"] = "object",
    };

    /// <summary>The page, in Markdown; the same list gives the same text.</summary>
    public static string Create(IReadOnlyList<PlugListEntry> entries)
    {
        int assemblerCount = entries.Count(e => e.IsAssembler);
        StringBuilder page = new();
        page.Append("# Plugs\n\n");
        page.Append("What of the kit, the class library and the kernel is replaced in the image, by what. This page is generated from the\n");
        page.Append("list that the image was built with: `./memos plugs` writes it, and a test compares the two. The running kernel prints the same\n");
        page.Append("list with its command `plugs`. How plugs are bound: [Kit/IL2CPU](../Kit/IL2CPU/README.md).\n\n");
        page.Append($"{entries.Count} methods are replaced: {entries.Count - assemblerCount} by C#, {assemblerCount} by X#.\n");
        foreach (IGrouping<string, PlugListEntry> assembly in entries.GroupBy(e => e.PlugAssembly).OrderBy(g => g.Key, StringComparer.Ordinal))
            AppendAssembly(page, assembly.Key, assembly);
        return page.ToString();
    }

    private static void AppendAssembly(StringBuilder page, string assembly, IEnumerable<PlugListEntry> entries)
    {
        page.Append($"\n## Plugs of {assembly}\n\n");
        page.Append("| target | in assembly | plug's class | body |\n|---|---|---|---|\n");
        foreach (PlugListEntry entry in entries)
        {
            string body = entry.IsAssembler ? $"X#, `{LastName(entry.AssemblerType!)}`" : "C#";
            page.Append($"| `{Short(entry.Target)}` | {entry.TargetAssembly} | `{ClassOf(entry.Plug)}` | {body} |\n");
        }

        foreach (PlugListEntry entry in entries.Where(e => e.Overrides.Count > 0))
            page.Append($"\n`{Short(entry.Target)}` keeps out {string.Join(", ", entry.Overrides.Select(o => $"`{o}`"))}.\n");
    }

    /// <summary>The method with its type's full name and its parameters as C# writes them.</summary>
    private static string Short(string signature)
    {
        int open = signature.IndexOf('(', StringComparison.Ordinal);
        string parameters = TypeName().Replace(signature[open..], match => Keyword(LastName(match.Value)));
        return signature[..open] + Reference().Replace(parameters, "ref $1").Replace(",", ", ", StringComparison.Ordinal);
    }

    private static string ClassOf(string signature)
    {
        string name = signature[..signature.IndexOf('(', StringComparison.Ordinal)];
        return name[..name.LastIndexOf('.')];
    }

    private static string LastName(string name) => name[(name.LastIndexOfAny(['.', '/']) + 1)..];

    private static string Keyword(string name) => s_keywords.GetValueOrDefault(name, name);

    [GeneratedRegex(@"[\w./]+")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"([^,(]+)&")]
    private static partial Regex Reference();
}
