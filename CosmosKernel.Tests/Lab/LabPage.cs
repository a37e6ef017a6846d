using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MemOS.Lab;
using MemOS.Tests.Docs;
using NUnit.Framework;

namespace MemOS.Tests.Lab;

/// <summary>Types what docs/lab.md says, in a folder that stands for /tmp.</summary>
internal sealed partial class LabPage(string folder)
{
    private const string Prompt = "./memos lab ";

    /// <summary>
    /// The blocks of commands, each with what the page says comes back, null when it says nothing; and whether its numbers are only those of the day
    /// it was written, which is what <c>```text</c> is for. What is <c>```sh</c> boots a machine, and other tests do that.
    /// </summary>
    public static IReadOnlyList<(string Commands, string? Answer, bool IsExample)> Blocks
    {
        get
        {
            (string Text, bool IsExample)[] blocks =
            [
                .. Fence().Matches(DocumentationTree.Read("docs/lab.md")).Where(match => match.Groups[1].Value != "sh").Select(match => (match.Groups[2].Value.TrimEnd('\n'), match.Groups[1].Value == "text")),
            ];
            List<(string Commands, string? Answer, bool IsExample)> pairs = [];
            for (int i = 0; i < blocks.Length; i++)
            {
                string commands = blocks[i].Text;
                Assert.That(IsCommand(commands), Is.True, $"an answer without a command: {commands}");
                bool isAnswered = i + 1 < blocks.Length && !IsCommand(blocks[i + 1].Text);
                if (isAnswered) i++;
                pairs.Add((commands, isAnswered ? blocks[i].Text : null, blocks[i].IsExample));
            }

            return pairs;
        }
    }

    /// <summary>Runs a block of commands; what the lab, or <c>head</c>, prints.</summary>
    public string Type(string commands)
    {
        StringWriter output = new();
        Queue<string> lines = new(commands.Split('\n'));
        while (lines.TryDequeue(out string? line))
        {
            if (HereDocument().Match(line) is { Success: true } document) Save(document.Groups[1].Value, TakeUntil(lines, document.Groups[2].Value));
            else if (HeadCommand().Match(line) is { Success: true } head) Head(head.Groups[2].Value, int.Parse(head.Groups[1].Value), output);
            else if (line.StartsWith(Prompt, StringComparison.Ordinal)) Run(line[Prompt.Length..], output);
            else Assert.Fail($"the page has a command that the test does not know: {line}");
        }

        return output.ToString().TrimEnd();
    }

    private static bool IsCommand(string block) => block.StartsWith(Prompt, StringComparison.Ordinal) || block.StartsWith("cat >", StringComparison.Ordinal);

    private static IEnumerable<string> TakeUntil(Queue<string> lines, string end)
    {
        for (string line; (line = lines.Dequeue()) != end;) yield return line;
    }

    private void Save(string path, IEnumerable<string> lines) => File.WriteAllLines(InFolder(path), lines);

    private void Head(string path, int count, StringWriter output)
    {
        foreach (string line in File.ReadLines(InFolder(path)).Take(count)) output.WriteLine(line);
    }

    private void Run(string line, StringWriter output)
    {
        string[] halves = line.Split(" > ");
        string[] arguments = [.. halves[0].Split(' ').Select(word => word.StartsWith("/tmp/", StringComparison.Ordinal) ? InFolder(word) : word)];
        StringWriter written = new();
        StringWriter notes = new();
        Assert.That(LabProgram.Run(arguments, written, notes), Is.Zero, notes.ToString());
        if (halves.Length == 2) File.WriteAllText(InFolder(halves[1]), written.ToString());
        else output.Write(written);
    }

    private string InFolder(string path) => Path.Combine(folder, Path.GetFileName(path));

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^cat > (\S+) <<'(\w+)'$")]
    private static partial Regex HereDocument();

    [GeneratedRegex(@"^head -n (\d+) (\S+)$")]
    private static partial Regex HeadCommand();
}
