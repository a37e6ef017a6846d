using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>The figures that <c>bench</c> measures.</summary>
/// <remarks>
/// A round is one loop with interrupts masked, less the same loop with nothing in it. Rounds are taken until the last
/// <see cref="AgreeingRounds"/> agree within one in <see cref="Tolerance"/>, and their minimum is the figure; rounds that do not settle are a
/// failure, not a figure. One loop runs unmeasured before, so that what happens only once (a class constructor, a slab) is over.
/// </remarks>
public sealed class BenchSuite
{
    /// <summary>Rounds that must agree.</summary>
    public const int AgreeingRounds = 3;

    /// <summary>Rounds may differ by one part in so many.</summary>
    public const ulong Tolerance = 100;

    private const string ScalingName = "smp";
    private const int MaximumRounds = 12;
    private const ulong Hundredths = 100;

    private readonly IInstructionClock _clock;
    private readonly List<BenchFigure> _figures = new();
    private readonly List<BenchProgram> _programs = new();
    private readonly List<BenchScaling> _scalings = new();

    /// <summary>Creates a suite without figures.</summary>
    public BenchSuite(IInstructionClock clock)
    {
        _clock = clock;
    }

    /// <summary>Adds a figure.</summary>
    public void Add(string name, int iterations, BenchLoop loop) => Add(new BenchFigure(name, iterations, loop));

    /// <summary>Adds a figure.</summary>
    public void Add(BenchFigure figure) => _figures.Add(figure);

    /// <summary>Adds figures that a program measures.</summary>
    public void Add(BenchProgram program) => _programs.Add(program);

    /// <summary>Adds what several processors do at once.</summary>
    public void Add(BenchScaling scaling) => _scalings.Add(scaling);

    /// <summary>The command that measures the figures.</summary>
    public ShellCommand ToCommand() =>
        new("bench", "[NAME]", "counts instructions, all or NAME's; smp [NAME]: what CPUs add", Run);

    /// <summary>Measures the figures whose name is, or starts with, the argument; all without one.</summary>
    public CommandResult Run(ITerminal terminal, string[] arguments)
    {
        string wanted = arguments.Length > 0 ? arguments[0] : string.Empty;
        if (wanted == ScalingName) return RunScalings(terminal, arguments.Length > 1 ? arguments[1] : string.Empty);
        int measured = 0;
        foreach (BenchFigure figure in _figures)
        {
            if (!figure.Name.StartsWith(wanted, StringComparison.Ordinal)) continue;

            ulong[] rounds = new ulong[AgreeingRounds];
            if (!TryMeasure(figure, rounds))
                return CommandResult.Failed(figure.Name + ": the rounds do not agree; count instructions (icount) with the other processors halted");

            terminal.WriteLine("figure " + figure.Name + " " + Text(Smallest(rounds)) + " instructions" + Text(rounds));
            measured++;
        }

        foreach (BenchProgram program in _programs)
        {
            if (!HasName(program, wanted)) continue;

            CommandResult result = program.Run(terminal, wanted);
            if (result.Failure != null) return result;
            measured++;
        }

        return measured > 0 ? CommandResult.Ok : CommandResult.Failed("no figure is called '" + wanted + "'");
    }

    /// <summary>Measures the figure called <paramref name="name"/>, in hundredths of an instruction; false when there is none, or its rounds do not agree.</summary>
    public bool TryMeasure(string name, out ulong hundredths)
    {
        ulong[] rounds = new ulong[AgreeingRounds];
        BenchFigure? figure = _figures.Find(candidate => candidate.Name == name);
        bool isMeasured = figure != null && TryMeasure(figure, rounds);
        hundredths = isMeasured ? Smallest(rounds) : 0;
        return isMeasured;
    }

    private CommandResult RunScalings(ITerminal terminal, string wanted)
    {
        int measured = 0;
        foreach (BenchScaling scaling in _scalings)
        {
            if (!scaling.Name.StartsWith(wanted, StringComparison.Ordinal)) continue;
            terminal.WriteLine(scaling.Name + ": " + ProcessorThroughput.Measure(scaling.Loop));
            measured++;
        }

        return measured > 0 ? CommandResult.Ok : CommandResult.Failed("nothing that several processors do is called '" + wanted + "'");
    }

    private static bool HasName(BenchProgram program, string wanted)
    {
        foreach (string name in program.Names)
        {
            if (name.StartsWith(wanted, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private bool TryMeasure(BenchFigure figure, ulong[] rounds)
    {
        figure.Prepare?.Invoke();
        bool isSettled = TrySettle(figure, rounds);
        figure.Restore?.Invoke();
        return isSettled;
    }

    /// <summary>Leaves the rounds that agree, in hundredths of an instruction an iteration.</summary>
    private bool TrySettle(BenchFigure figure, ulong[] rounds)
    {
        figure.BeforeRound?.Invoke();
        figure.Loop(figure.Iterations);
        for (int round = 0; round < MaximumRounds; round++)
        {
            figure.BeforeRound?.Invoke();
            rounds[round % AgreeingRounds] = MeasureRound(figure);
            if (round + 1 >= AgreeingRounds && Agree(rounds))
            {
                ulong units = (ulong)figure.Iterations * (ulong)figure.UnitsPerIteration;
                for (int i = 0; i < rounds.Length; i++) rounds[i] = rounds[i] * Hundredths / units;
                return true;
            }
        }

        return false;
    }

    private ulong MeasureRound(BenchFigure figure)
    {
        bool wereOn = _clock.MaskInterrupts();
        ulong empty = Count(EmptyLoop, figure.Iterations);
        ulong full = Count(figure.Loop, figure.Iterations);
        _clock.RestoreInterrupts(wereOn);
        return full > empty ? full - empty : 0;
    }

    private ulong Count(BenchLoop loop, int iterations)
    {
        ulong start = _clock.Now;
        loop(iterations);
        return _clock.Now - start;
    }

    private static bool Agree(ulong[] rounds)
    {
        ulong smallest = Smallest(rounds);
        foreach (ulong round in rounds)
        {
            if (round - smallest > smallest / Tolerance) return false;
        }

        return true;
    }

    private static ulong Smallest(ulong[] rounds)
    {
        ulong smallest = rounds[0];
        foreach (ulong round in rounds) smallest = Math.Min(smallest, round);
        return smallest;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EmptyLoop(int iterations)
    {
        for (int i = 0; i < iterations; i++)
        {
        }
    }

    private static string Text(ulong[] rounds)
    {
        string text = string.Empty;
        foreach (ulong round in rounds) text += " " + Text(round);
        return text;
    }

    private static string Text(ulong hundredths) =>
        (hundredths / Hundredths).ToString() + "." + (hundredths % Hundredths).ToString().PadLeft(2, '0');
}
