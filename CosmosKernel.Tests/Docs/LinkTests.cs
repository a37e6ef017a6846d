using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace MemOS.Tests.Docs;

/// <summary>Links between documents lead somewhere.</summary>
[TestFixture]
public sealed partial class LinkTests
{
    private static readonly IEnumerable<string> s_pages = DocumentationTree.Pages;

    [TestCaseSource(nameof(s_pages))]
    public void Relative_links_exist(string page)
    {
        Assert.That(LinksOf(page).Where(link => !Exists(page, link)), Is.Empty);
    }

    [TestCaseSource(nameof(s_pages))]
    public void Anchors_name_a_heading(string page)
    {
        Assert.That(LinksOf(page).Where(link => Exists(page, link) && !HasHeading(page, link)), Is.Empty);
    }

    [Test]
    public void The_readme_leads_to_every_page()
    {
        HashSet<string> reached = [];
        Follow("README.md", reached);
        Assert.That(DocumentationTree.Pages.Where(page => !reached.Contains(page)), Is.Empty);
    }

    private static void Follow(string page, HashSet<string> reached)
    {
        if (!reached.Add(page)) return;
        foreach (string link in LinksOf(page).Select(link => TargetOf(page, link)).Where(target => target.EndsWith(".md", StringComparison.Ordinal)))
            Follow(Path.GetRelativePath(DocumentationTree.Root, link), reached);
    }

    private static IEnumerable<string> LinksOf(string page) =>
        Link().Matches(WithoutCode(DocumentationTree.Read(page))).Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal));

    private static bool Exists(string page, string link) => Path.Exists(TargetOf(page, link));

    private static bool HasHeading(string page, string link)
    {
        string[] parts = link.Split('#');
        return parts.Length == 1
            || Heading().Matches(WithoutCode(File.ReadAllText(TargetOf(page, link)))).Any(match => AnchorOf(match.Groups[1].Value) == parts[1]);
    }

    private static string TargetOf(string page, string link)
    {
        string path = link.Split('#')[0];
        string full = Path.Combine(DocumentationTree.Root, page);
        return path.Length == 0 ? full : Path.GetFullPath(path, Path.GetDirectoryName(full)!);
    }

    // As code hosts make them: lower case, no punctuation, a hyphen a blank.
    private static string AnchorOf(string heading) => Punctuation().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string WithoutCode(string text) => Fence().Replace(text, "");

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
