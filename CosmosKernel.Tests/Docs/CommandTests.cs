using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using MemOS.Tests.Boot;
using NUnit.Framework;

namespace MemOS.Tests.Docs;

/// <summary>What documents say to type, and what they say comes back.</summary>
[TestFixture]
public sealed partial class CommandTests
{
    private static readonly IEnumerable<string> s_pages = DocumentationTree.Pages;

    [TestCaseSource(nameof(s_pages))]
    public void Verbs_of_the_script_exist(string page)
    {
        HashSet<string> verbs = ScriptVerb().Matches(DocumentationTree.Read("memos")).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.That(verbs, Does.Contain("run"));
        Assert.That(ScriptUse().Matches(DocumentationTree.Read(page)).Select(match => match.Groups[1].Value).Where(verb => !verbs.Contains(verb)), Is.Empty);
    }

    [TestCaseSource(nameof(s_pages))]
    public void Files_that_commands_name_are_made_or_there(string page)
    {
        IEnumerable<string> missing = SourceFile().Matches(DocumentationTree.Read(page)).Select(match => match.Value)
            .Where(file => !Path.Exists(Path.Combine(DocumentationTree.Root, file)));
        Assert.That(missing, Is.Empty);
    }

    [Test]
    [Category("Boot")]
    public void The_machine_answers_as_the_documents_say()
    {
        using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS with { Memory = MemorySize.Parse("512M") });

        Assert.That(machine.RunOk("help"), Is.EqualTo(FirstTextBlock("docs/shell.md")), "docs/shell.md has the kernel's help");

        string[] shown = FirstTextBlock("README.md");
        ExpectInOrder(Between(shown, "memos> mem", "ok"), machine.RunOk("mem"));
        ExpectInOrder(Between(shown, "memos> selftest", "ok"), machine.RunOk("selftest"));
        ExpectInOrder(shown.Take(1), machine.Transcript.Split('\n').Select(line => line.TrimEnd('\r')));
    }

    [TestCase("docs/memory/frames.md", "frames=buddy", 12)]
    [TestCase("docs/memory/heap.md", "heap.check=on", 12)]
    [TestCase("docs/memory/virtual.md", "", 11)]
    [Category("Boot")]
    public void The_worked_example_goes_as_the_page_says(string document, string commandLine, int count)
    {
        using TemporaryFolder folder = new();
        MachineOptions options = folder.WithCommandLine(commandLine) with { Memory = MemorySize.Parse("64M") };
        using BootedMachine machine = BootedMachine.Start(options);
        int commands = 0;
        foreach ((string command, string[] answer) in StepsOf(document))
        {
            CommandResult said = machine.Run(command);
            ExpectInOrder(answer, said.Lines.Append(said.Failure == null ? "ok" : "failed: " + said.Failure));
            commands++;
        }

        Assert.That(commands, Is.EqualTo(count));
    }

    [Test]
    [Category("Boot")]
    public void The_worked_example_of_paging_goes_as_the_page_says()
    {
        const string Panic = "kernel panic: ";
        Queue<(string Command, string[] Answer)> steps = new(StepsOf("docs/memory/paging.md"));
        Assert.That(steps, Has.Count.EqualTo(5));
        int panics = 0;
        for (; steps.Count != 0; panics++)
        {
            // A machine goes on until it panics.
            using BootedMachine machine = BootedMachine.Start(BuiltImages.MemOS);
            while (!steps.Peek().Answer[^1].StartsWith(Panic, System.StringComparison.Ordinal))
            {
                (string command, string[] answer) = steps.Dequeue();
                ExpectInOrder(answer, machine.RunOk(command).Append("ok"));
            }

            (string last, string[] report) = steps.Dequeue();
            Assert.That(machine.RunLast(last), Is.EqualTo(MachineEnd.Panic), machine.Transcript);
            ExpectInOrder(report, machine.Transcript.Split('\n').SkipWhile(line => !line.EndsWith(last, System.StringComparison.Ordinal)));
        }

        Assert.That(panics, Is.EqualTo(2));
    }

    // The commands that a page shows at the prompt, each with what comes back.
    private static IEnumerable<(string Command, string[] Answer)> StepsOf(string page)
    {
        const string Prompt = "memos> ";
        string[] lines = [.. ConsoleBlock().Matches(DocumentationTree.Read(page)).SelectMany(block => block.Groups[1].Value.TrimEnd('\n').Split('\n'))];
        for (int i = 0; i < lines.Length;)
        {
            string[] answer = [.. lines.Skip(i + 1).TakeWhile(line => !line.StartsWith(Prompt))];
            yield return (lines[i][Prompt.Length..], answer);
            i += answer.Length + 1;
        }
    }

    /// <summary>Each line of a page comes, in the page's order; a line of dots stands for any number of others.</summary>
    private static void ExpectInOrder(IEnumerable<string> page, IEnumerable<string> machine)
    {
        Queue<string> lines = new(machine.Select(WithoutNumbers));
        foreach (string line in page.Where(line => line != "...").Select(WithoutNumbers))
        {
            while (lines.TryPeek(out string? next) && next != line) lines.Dequeue();
            Assert.That(lines, Is.Not.Empty, $"the machine does not print '{line}' there");
        }
    }

    /// <summary>Sizes differ by build, and with them the width of columns and the length of bars.</summary>
    private static string WithoutNumbers(string line) =>
        Blanks().Replace(Number().Replace(FrameAddressOrBar().Replace(line, ""), "0"), " ").TrimEnd();

    private static IEnumerable<string> Between(string[] lines, string first, string last) =>
        lines.SkipWhile(line => line != first).Skip(1).TakeWhile(line => line != last);

    private static string[] FirstTextBlock(string page) =>
        TextBlock().Match(DocumentationTree.Read(page)).Groups[1].Value.TrimEnd('\n').Split('\n');

    // A line of the case statement at the script's end: one name or several, then what it does.
    [GeneratedRegex(@"^    (?:\S+ \| )?([a-z]+)(?: \| \S+)*\) ", RegexOptions.Multiline)]
    private static partial Regex ScriptVerb();

    [GeneratedRegex(@"\./memos ([a-z]+)")]
    private static partial Regex ScriptUse();

    [GeneratedRegex(@"\b(?:CosmosKernel|Kit|Plugs|Samples|docs)(?:/[\w.-]+)+\.(?:cs|csproj|md|asm|ld|vmx|gdb)\b")]
    private static partial Regex SourceFile();

    [GeneratedRegex("F#[0-9a-f]+|0x[0-9a-f]+|[█▌]")]
    private static partial Regex FrameAddressOrBar();

    [GeneratedRegex(@"^```console\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"^```text\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex TextBlock();

    [GeneratedRegex(@"[0-9]+")]
    private static partial Regex Number();

    [GeneratedRegex(@" +")]
    private static partial Regex Blanks();
}
