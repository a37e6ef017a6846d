using System.Collections.Generic;
using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>The tests that <c>stress</c> runs.</summary>
public sealed class StressSuite
{
    private const string Usage = "stress NAME [COUNT or SECONDSs] [SEED], as in: stress frames 20000 7, or: stress frames 30s";

    private readonly List<IStress> _tests = new();
    private ulong _nextSeed;

    /// <summary>Creates a suite without tests.</summary>
    /// <param name="firstSeed">The seed of the first run that is given none; the next has the next number.</param>
    public StressSuite(ulong firstSeed)
    {
        _nextSeed = firstSeed;
    }

    /// <summary>Adds a test.</summary>
    public void Add(IStress test) => _tests.Add(test);

    /// <summary>The command that runs the tests.</summary>
    public ShellCommand ToCommand()
    {
        string[] names = new string[_tests.Count];
        for (int i = 0; i < names.Length; i++) names[i] = _tests[i].Name;
        return new ShellCommand("stress", "NAME ...", "does random things beside a model; then COUNT or 30s, and SEED", Run, names);
    }

    /// <summary>Runs the test that the first argument names, for so many operations or seconds, from a seed.</summary>
    public CommandResult Run(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 0) return CommandResult.Failed("which stress? there is: " + Names());
        IStress? test = Find(arguments[0]);
        if (test is null) return CommandResult.Failed("no stress is called '" + arguments[0] + "', there is: " + Names());
        if (!TryParse(arguments, out StressBudget budget)) return CommandResult.Failed(Usage);

        terminal.WriteLine("stress " + test.Name + ": " + budget.ToString() + ", seed " + budget.Seed.ToString());
        string? failure = test.Run(terminal, budget);
        return failure is null ? CommandResult.Ok : CommandResult.Failed(failure + "; seed " + budget.Seed.ToString());
    }

    private bool TryParse(string[] arguments, out StressBudget budget)
    {
        budget = default;
        ulong seed = 0;
        if (arguments.Length > 3 || (arguments.Length == 3 && !NumberText.TryParse(arguments[2], out seed))) return false;

        string limit = arguments.Length > 1 ? arguments[1] : StressBudget.UsualOperations.ToString();
        bool isTime = limit.Length > 1 && limit[limit.Length - 1] == 's';
        if (!NumberText.TryParse(isTime ? limit.Substring(0, limit.Length - 1) : limit, out ulong amount) || amount == 0) return false;

        if (arguments.Length < 3) seed = _nextSeed++;
        budget = isTime ? StressBudget.OfSeconds(amount, seed) : StressBudget.OfOperations(amount, seed);
        return true;
    }

    private IStress? Find(string name)
    {
        foreach (IStress test in _tests)
        {
            if (test.Name == name) return test;
        }

        return null;
    }

    private string Names()
    {
        string names = "";
        foreach (IStress test in _tests) names += (names.Length == 0 ? "" : ", ") + test.Name;
        return names;
    }
}
