using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Cosmos.Build.Machines;

namespace Cosmos.Build.Shells;

/// <summary>
/// Types commands at a machine's prompt. A command has ended when a line `ok` or `failed: REASON` is followed by the next prompt:
/// the same words inside a command's output end nothing.
/// </summary>
public sealed class MachineShell(Machine machine, string prompt = MachineShell.DefaultPrompt)
{
    public const string DefaultPrompt = "memos> ";

    /// <summary>A machine that has closed its serial line is about to end.</summary>
    private static readonly TimeSpan s_endingLimit = TimeSpan.FromSeconds(10);

    private readonly Regex _prompt = PromptPattern(prompt);

    private readonly Regex _commandEnd = new(
        $@"^(ok|failed: (?<reason>.*)|failed:?)\n+{Regex.Escape(prompt)}", RegexOptions.Multiline | RegexOptions.CultureInvariant);

    /// <summary>Where the text behind the last prompt starts.</summary>
    private int _position;

    /// <summary>A prompt at the start of a line.</summary>
    private static Regex PromptPattern(string prompt) => new($"^{Regex.Escape(prompt)}", RegexOptions.Multiline);

    /// <summary>Waits for the first prompt.</summary>
    /// <exception cref="ShellException">It did not come.</exception>
    public void WaitForPrompt(TimeSpan limit) => Expect(_prompt, limit, "the prompt");

    /// <summary>Types a command and waits until the prompt is back.</summary>
    /// <exception cref="ShellException">It did not come back.</exception>
    public CommandResult Run(string command, TimeSpan limit) => Run(command, [], limit);

    /// <summary>Types a command, then each answer when what it waits for has come, and waits until the prompt is back.</summary>
    /// <exception cref="ShellException">Something did not come, or the prompt did not come back.</exception>
    public CommandResult Run(string command, IEnumerable<(string Awaited, string Typed)> answers, TimeSpan limit)
    {
        int start = _position;
        machine.Type(command + "\r");
        foreach ((string awaited, string typed) in answers)
        {
            Expect(new Regex(Regex.Escape(awaited)), limit, $"'{awaited}' after '{command}'");
            machine.Type(typed);
        }

        int searched = _position;
        Match end = Expect(_commandEnd, limit, $"the end of '{command}'");
        string output = machine.Serial.Text.Substring(start, searched - start + end.Index);
        string[] lines = output.TrimEnd('\n').Split('\n');
        string? failure = end.Groups[1].Value == "ok" ? null : end.Groups["reason"].Value;
        return new CommandResult(command, lines[1..], failure);
    }

    /// <summary>Types a command that ends the machine; null when it still runs after <paramref name="limit"/>.</summary>
    public MachineEnd? RunLast(string command, TimeSpan limit)
    {
        machine.Type(command + "\r");
        return machine.WaitForEnd(limit);
    }

    private Match Expect(Regex pattern, TimeSpan limit, string what)
    {
        Match? match = machine.Serial.WaitFor(pattern, _position, limit);
        if (match != null)
        {
            _position += match.Index + match.Length;
            return match;
        }

        if (!machine.Serial.IsClosed)
        {
            throw new ShellException($"{what} did not come within {limit.TotalSeconds:0.#} s", end: null);
        }

        MachineEnd? end = machine.WaitForEnd(s_endingLimit);
        throw new ShellException($"{what} did not come: {(end == null ? "the serial line was closed" : ExitStatus.Describe(end.Value))}", end);
    }
}
