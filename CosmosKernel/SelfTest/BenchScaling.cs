namespace MemOS.SelfTest;

/// <summary>What several processors do at once, beside what one does in the same time.</summary>
public sealed class BenchScaling
{
    /// <summary>Creates one.</summary>
    /// <param name="name">What is done, in a word.</param>
    /// <param name="loop">Does it so many times; on several processors at once.</param>
    public BenchScaling(string name, BenchLoop loop)
    {
        Name = name;
        Loop = loop;
    }

    /// <summary>What is done, in a word.</summary>
    public string Name { get; }

    /// <summary>Does it so many times.</summary>
    public BenchLoop Loop { get; }
}
