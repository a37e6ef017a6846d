using System;
using System.Collections.Generic;

namespace MemOS.Tests.Interleavings;

/// <summary>An order of steps in which a scenario goes wrong.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Story">The steps, one a line.</param>
public sealed record Finding(string Fault, IReadOnlyList<string> Story)
{
    /// <inheritdoc/>
    public override string ToString() => Fault + Environment.NewLine + string.Join(Environment.NewLine, Story);
}
