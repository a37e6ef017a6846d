using System;

namespace MemOS.SelfTest;

/// <summary>Does something <paramref name="iterations"/> times in a loop <c>for (int i = 0; i &lt; iterations; i++)</c>.</summary>
public delegate void BenchLoop(int iterations);

/// <summary>A figure that the kernel measures of itself, in instructions an iteration, or a unit of it.</summary>
public sealed class BenchFigure
{
    /// <summary>Creates a figure.</summary>
    /// <param name="name">Its name in the list of figures.</param>
    /// <param name="iterations">Iterations a round: enough that the work at the ends of the loop does not count.</param>
    /// <param name="loop">What is measured.</param>
    /// <param name="prepare">What is done before, unmeasured; nothing when null.</param>
    /// <param name="restore">What undoes it, whether or not the rounds agreed.</param>
    /// <param name="unitsPerIteration">How many of what the figure is about an iteration does; the figure is of one.</param>
    /// <param name="beforeRound">What is done before each round, unmeasured.</param>
    public BenchFigure(
        string name, int iterations, BenchLoop loop, Action? prepare = null, Action? restore = null, int unitsPerIteration = 1, Action? beforeRound = null)
    {
        Name = name;
        Iterations = iterations;
        Loop = loop;
        Prepare = prepare;
        Restore = restore;
        UnitsPerIteration = unitsPerIteration;
        BeforeRound = beforeRound;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Iterations a round.</summary>
    public int Iterations { get; }

    /// <summary>What is measured.</summary>
    public BenchLoop Loop { get; }

    /// <summary>What is done before the rounds.</summary>
    public Action? Prepare { get; }

    /// <summary>What is done after them.</summary>
    public Action? Restore { get; }

    /// <summary>What is done before each round.</summary>
    public Action? BeforeRound { get; }

    /// <summary>How many of what the figure is about an iteration does.</summary>
    public int UnitsPerIteration { get; }
}
