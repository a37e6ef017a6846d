using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MemOS.Tests.Docs;
using NUnit.Framework;

namespace MemOS.Tests.Lab;

/// <summary>docs/lab.md shows what comes.</summary>
public sealed partial class LabPageTests
{
    private string _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("memos-lab").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Each_command_answers_as_the_page_says_and_the_picture_is_the_one_it_draws()
    {
        LabPage page = new(_folder);
        foreach ((string commands, string? answer, bool isExample) in LabPage.Blocks)
        {
            string printed = page.Type(commands);
            if (answer == null) continue;
            if (isExample) Assert.That(Words(printed), Is.EqualTo(Words(answer)), commands);
            else Assert.That(WithoutTime(printed), Is.EqualTo(WithoutTime(answer)), commands);
        }

        Assert.That(File.ReadAllText(Path.Combine(_folder, "build-up.svg")), Is.EqualTo(DocumentationTree.Read("docs/images/build-up.svg")));
    }

    private static string WithoutTime(string text) => Time().Replace(text, "0 ns");

    /// <summary>What is left of lines without their numbers; rows of a table are one.</summary>
    private static string[] Words(string text) => [.. text.Split('\n').Select(line => Number().Replace(line, "#")).Distinct()];

    [GeneratedRegex(@"\s*[0-9.,]+")]
    private static partial Regex Number();

    [GeneratedRegex(@"[0-9.]+ ns")]
    private static partial Regex Time();
}
