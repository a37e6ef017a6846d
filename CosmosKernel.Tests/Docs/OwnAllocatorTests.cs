using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MemOS.Tests.Boot;
using NUnit.Framework;

namespace MemOS.Tests.Docs;

/// <summary>Does what docs/your-own-allocator.md says, in a copy of the sources: save the file, type the commands.</summary>
[Category("Boot")]
public sealed partial class OwnAllocatorTests
{
    private const string Page = "docs/your-own-allocator.md";

    [Test]
    public void One_file_passes_the_contract_is_known_to_the_lab_and_boots()
    {
        string page = DocumentationTree.Read(Page);
        using SourceCopy copy = new();
        File.WriteAllText(Path.Combine(copy.Path, FileName().Replace(FileName().Match(page).Value, "$1/$2")), CodeBlock().Match(page).Groups[1].Value);
        Queue<string> commands = new(CommandBlock().Matches(CodeBlock().Replace(page, "")).SelectMany(block => block.Groups[1].Value.TrimEnd().Split('\n')));
        Assert.That(commands, Has.Count.EqualTo(5));

        Match contract = Summary().Match(copy.Run(commands.Dequeue()));
        Assert.That(int.Parse(contract.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThan(200), "the contract's tests");
        while (commands.Count > 1) copy.Run(commands.Dequeue().Replace("/tmp/", copy.Path + "/artifacts/"));
        string machine = copy.Run(commands.Dequeue());
        Assert.That(machine, Does.Contain("served by the firstfit allocator").And.Contain(" passed, 0 failed"));
    }

    [GeneratedRegex(@"Save it in `([\w/]+)` as `(\w+\.cs)`")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^```\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CommandBlock();

    [GeneratedRegex(@"^(\d+) passed, 0 failed$", RegexOptions.Multiline)]
    private static partial Regex Summary();
}
