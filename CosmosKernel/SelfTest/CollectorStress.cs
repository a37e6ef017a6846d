using System;
using System.Runtime.CompilerServices;
using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>Makes and drops objects of every kind at random while the collector comes and goes, and looks at what is left.</summary>
/// <remarks>
/// <para>
/// An operation is one on a table of small trees that share their branches: a new tree, a cut, a walk. A reference lies beside the number of the object
/// that it is to, and an object's array holds its number, so that one that was taken too early is seen when its memory is used again.
/// Every <see cref="PhasePeriod"/> operations one of the phases has its turn (CollectorStress.Phases.cs): a long list, cycles, large arrays,
/// strings, finalizers, weak references; at most a fiftieth of 10,000 dropped objects may survive a collection.
/// </para>
/// <para>After a round of phases all is dropped and collected: what lives then may not grow from round to round.</para>
/// </remarks>
public sealed partial class CollectorStress : IStress
{
    /// <summary>Operations between two phases.</summary>
    public const ulong PhasePeriod = 5000;

    private const int TreeCount = 1000;
    private const int MostDepth = 8;
    private const int WalkSteps = 12;
    private const ulong ProgressLines = 10;
    private const ulong MillisecondsPerSecond = 1000;
    private const long ToleratedGrowth = 256 * 1024;

    private readonly IWallClock _clock;
    private Node?[] _trees = new Node?[0];
    private RandomWords _random;
    private string? _failure;
    private int _made;
    private ulong _operations;
    private ulong _rounds;
    private int _mostSurvivors;
    private long _firstLive;

    /// <summary>Creates the test.</summary>
    public CollectorStress(IWallClock clock)
    {
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Name => "gc";

    /// <inheritdoc/>
    public string? Run(ITerminal terminal, StressBudget budget)
    {
        Begin(budget.Seed);
        int collectionsBefore = GC.CollectionCount(0);
        ulong start = _clock.Milliseconds;
        ulong elapsed = 0;
        ulong said = 0;
        while (_failure is null && !budget.IsSpent(_operations, elapsed))
        {
            Step();
            _operations++;
            if (_operations % PhasePeriod != 0) continue;
            RunPhase();
            elapsed = _clock.Milliseconds - start;
            ulong share = Share(budget, elapsed);
            if (share == said) continue;
            said = share;
            terminal.WriteLine("  " + _operations.ToString() + " operations, " + _rounds.ToString() + " rounds of phases, " + (GC.GetTotalMemory(false) >> 10).ToString() + " KiB of objects");
        }

        EndRound();
        if (_failure is not null) return "operation " + _operations.ToString() + ": " + _failure;
        terminal.WriteLine(
            _operations.ToString() + " operations, " + _rounds.ToString() + " rounds of phases, "
            + (GC.CollectionCount(0) - collectionsBefore).ToString() + " collections, " + (_clock.Milliseconds - start).ToString() + " ms");
        terminal.WriteLine("at most " + _mostSurvivors.ToString() + " of " + Dropped.ToString() + " dropped objects survived a collection; " + (_firstLive >> 10).ToString() + " KiB live without them");
        return null;
    }

    private ulong Share(StressBudget budget, ulong elapsed) => budget.Operations != 0
        ? _operations * ProgressLines / budget.Operations
        : elapsed * ProgressLines / (budget.Seconds * MillisecondsPerSecond);

    private void Begin(ulong seed)
    {
        _trees = new Node?[TreeCount];
        _random = new RandomWords(seed);
        _failure = null;
        _operations = 0;
        _rounds = 0;
        _mostSurvivors = 0;
        _firstLive = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Step()
    {
        int choice = _random.Below(10);
        int at = _random.Below(TreeCount);
        if (choice < 4) _trees[at] = NewTree();
        else if (choice < 6) _trees[at] = null;
        else if (choice < 7) _trees[at]?.Cut();
        else Walk(_trees[at]);
    }

    private Node NewTree() => new(++_made, _trees[_random.Below(TreeCount)], _trees[_random.Below(TreeCount)], _random.Below(30));

    private void Walk(Node? node)
    {
        for (int i = 0; i < WalkSteps && node is not null; i++)
        {
            if (!node.IsWell) Fail("an object of a tree is not what it was");
            node = _random.Below(2) == 0 ? node.Left : node.Right;
        }
    }

    private void Fail(string what) => _failure ??= what;

    /// <summary>Drops everything, collects, and compares what lives with the first time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndRound()
    {
        foreach (Node? tree in _trees) Walk(tree);
        for (int i = 0; i < _trees.Length; i++) _trees[i] = null;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        long live = GC.GetTotalMemory(false);
        if (_firstLive == 0) _firstLive = live;
        else if (live > _firstLive + ToleratedGrowth) Fail((live >> 10).ToString() + " KiB live where there were " + (_firstLive >> 10).ToString());
    }

    private sealed class Node
    {
        private readonly int _number;
        private readonly int _depth;
        private readonly int[] _numbers;
        private int _leftNumber;
        private readonly int _rightNumber;

        public Node(int number, Node? left, Node? right, int length)
        {
            _number = number;
            _numbers = new int[length];
            for (int i = 0; i < length; i++) _numbers[i] = number;
            if (left is not null && left._depth < MostDepth) Left = left;
            if (right is not null && right._depth < MostDepth) Right = right;
            _leftNumber = Left is null ? 0 : Left._number;
            _rightNumber = Right is null ? 0 : Right._number;
            int leftDepth = Left is null ? 0 : Left._depth;
            int rightDepth = Right is null ? 0 : Right._depth;
            _depth = 1 + Math.Max(leftDepth, rightDepth);
        }

        public Node? Left { get; private set; }

        public Node? Right { get; private set; }

        public bool IsWell
        {
            get
            {
                if ((Left is null ? 0 : Left._number) != _leftNumber || (Right is null ? 0 : Right._number) != _rightNumber) return false;
                foreach (int number in _numbers)
                {
                    if (number != _number) return false;
                }

                return true;
            }
        }

        public void Cut()
        {
            Left = null;
            _leftNumber = 0;
        }
    }
}
