using System;
using System.Collections.Generic;

namespace MemOS.Shell;

/// <summary>The commands of a shell, by name.</summary>
public sealed class CommandTable : ILineCompleter
{
    private readonly List<ShellCommand> _commands = new();

    /// <summary>The commands in alphabetical order.</summary>
    public IReadOnlyList<ShellCommand> Commands => _commands;

    /// <summary>Adds a command whose name is not taken.</summary>
    public void Add(ShellCommand command)
    {
        int place = 0;
        while (place < _commands.Count && string.CompareOrdinal(_commands[place].Name, command.Name) < 0) place++;
        if (place < _commands.Count && _commands[place].Name == command.Name)
            throw new ArgumentException("two commands are called " + command.Name);

        _commands.Insert(place, command);
    }

    /// <summary>The command called <paramref name="name"/>, or null.</summary>
    public ShellCommand? Find(string name)
    {
        foreach (ShellCommand command in _commands)
        {
            if (command.Name == name) return command;
        }

        return null;
    }

    /// <summary>The name that <paramref name="typed"/> was probably meant to be, or null.</summary>
    public string? Suggest(string typed)
    {
        string? best = null;
        int bestDistance = 1 + Math.Max(1, typed.Length / 3);
        foreach (ShellCommand command in _commands)
        {
            int distance = IsPrefix(typed, command.Name) ? 1 : EditDistance.Between(typed, command.Name);
            if (distance < bestDistance)
            {
                best = command.Name;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <inheritdoc/>
    public List<string> Complete(string textBeforeCursor)
    {
        int commandStart = textBeforeCursor.LastIndexOf(';') + 1;
        string text = textBeforeCursor.Substring(commandStart).TrimStart(' ');
        int wordStart = text.LastIndexOf(' ') + 1;
        string word = text.Substring(wordStart);
        string[] words = text.Substring(0, wordStart).Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
        var candidates = new List<string>();
        if (words.Length == 0 || (words.Length == 1 && words[0] == "help"))
        {
            foreach (ShellCommand command in _commands) AddIfPrefix(word, command.Name, candidates);
        }
        else if (words.Length == 1)
        {
            foreach (string argument in Find(words[0])?.ArgumentWords ?? new string[0]) AddIfPrefix(word, argument, candidates);
        }

        return candidates;
    }

    private static void AddIfPrefix(string prefix, string word, List<string> candidates)
    {
        if (IsPrefix(prefix, word)) candidates.Add(word);
    }

    private static bool IsPrefix(string prefix, string word) =>
        prefix.Length <= word.Length && string.CompareOrdinal(prefix, 0, word, 0, prefix.Length) == 0;
}
