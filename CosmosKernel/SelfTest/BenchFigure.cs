namespace MemOS.SelfTest;

/// <summary>Does something <paramref name="iterations"/> times in a loop <c>for (int i = 0; i &lt; iterations; i++)</c>.</summary>
public delegate void BenchLoop(int iterations);

/// <summary>A figure that the kernel measures of itself, in instructions an iteration.</summary>
public sealed class BenchFigure
{
    /// <summary>Creates a figure.</summary>
    /// <param name="name">Its name in the list of figures.</param>
    /// <param name="iterations">Iterations a round: enough that the work at the ends of the loop does not count.</param>
    /// <param name="loop">What is measured.</param>
    public BenchFigure(string name, int iterations, BenchLoop loop)
    {
        Name = name;
        Iterations = iterations;
        Loop = loop;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Iterations a round.</summary>
    public int Iterations { get; }

    /// <summary>What is measured.</summary>
    public BenchLoop Loop { get; }
}
