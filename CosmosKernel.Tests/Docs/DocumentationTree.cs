using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MemOS.Tests.Docs;

/// <summary>The tree's documents.</summary>
internal static class DocumentationTree
{
    private static readonly string[] s_builtFolders = ["bin", "obj", "artifacts", ".git", ".vs", "TestResults"];

    /// <summary>The folder that MemOS.sln is in.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every Markdown file, by its path from the root.</summary>
    public static IEnumerable<string> Pages => MarkdownIn(Root).Select(page => Path.GetRelativePath(Root, page)).Order(StringComparer.Ordinal);

    /// <summary>The text of the file at <paramref name="path"/> from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> MarkdownIn(string folder) =>
        Directory.EnumerateFiles(folder, "*.md").Concat(
            Directory.EnumerateDirectories(folder).Where(inner => !s_builtFolders.Contains(Path.GetFileName(inner))).SelectMany(MarkdownIn));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "MemOS.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no MemOS.sln above the tests");
    }
}
