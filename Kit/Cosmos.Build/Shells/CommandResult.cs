using System.Collections.Generic;

namespace Cosmos.Build.Shells;

/// <summary>What a command printed and how it ended; <paramref name="Failure"/> is null when it ended with `ok`.</summary>
public sealed record CommandResult(string Command, IReadOnlyList<string> Lines, string? Failure)
{
    public bool Succeeded => Failure == null;

    /// <summary>The printed lines as one text.</summary>
    public string Text => string.Join('\n', Lines);
}
