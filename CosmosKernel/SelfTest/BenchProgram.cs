using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>Measures the figures of <see cref="BenchProgram.Names"/> that begin with <paramref name="wanted"/>, and prints them.</summary>
public delegate CommandResult BenchProgramRun(ITerminal terminal, string wanted);

/// <summary>Figures that a program measures from outside the kernel.</summary>
public sealed class BenchProgram
{
    /// <summary>Creates it.</summary>
    /// <param name="names">The figures.</param>
    /// <param name="run">What measures them.</param>
    public BenchProgram(string[] names, BenchProgramRun run)
    {
        Names = names;
        Run = run;
    }

    /// <summary>The figures, of which each may come in a second form, <c>NAME.nocopy</c>.</summary>
    public string[] Names { get; }

    /// <summary>What measures them.</summary>
    public BenchProgramRun Run { get; }
}
