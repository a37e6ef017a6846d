using System;
using System.Collections.Generic;
using System.Linq;

namespace MemOS.Tests.Interleavings;

/// <summary>Runs a scenario in many orders of its processors' steps: all with few deviations, and some at random.</summary>
public static class Explorer
{
    private const int MostOrders = 100_000;

    /// <summary>The first order in which the scenario goes wrong; null when there is none with so few deviations.</summary>
    /// <param name="make">Makes the scenario anew.</param>
    /// <param name="deviations">The most deviations of an order.</param>
    public static Finding? FindFault(Func<Scenario> make, int deviations) => FindFault(make, deviations, out _);

    /// <summary>The same; <paramref name="orders"/>: how many were tried.</summary>
    public static Finding? FindFault(Func<Scenario> make, int deviations, out int orders)
    {
        using ProcessorThreads threads = new();
        SystematicChooser chooser = new(deviations);
        orders = 0;
        do
        {
            if (++orders > MostOrders) throw new InvalidOperationException("there are too many orders: take fewer deviations");
            if (RunOnce(make, chooser, threads) is { } finding) return finding;
        }
        while (chooser.MoveNext());
        return null;
    }

    /// <summary>The first of <paramref name="orders"/> random orders in which the scenario goes wrong; null when there is none.</summary>
    public static Finding? FindFaultAtRandom(Func<Scenario> make, int orders, int seed)
    {
        using ProcessorThreads threads = new();
        for (int order = 0; order < orders; order++)
        {
            if (RunOnce(make, new RandomChooser(seed + order), threads) is { } finding) return finding;
        }

        return null;
    }

    private static Finding? RunOnce(Func<Scenario> make, IChooser chooser, ProcessorThreads threads)
    {
        using Scenario scenario = make();
        Execution execution = new(scenario, chooser);
        execution.Run(threads);
        return execution.Fault is { } fault ? new Finding(fault, execution.Story) : null;
    }

    /// <summary>All choices with at most so many deviations, depth first.</summary>
    private sealed class SystematicChooser(int deviations) : IChooser
    {
        private readonly List<Choice> _choices = [];
        private int _position;

        public int Choose(int count, int free)
        {
            if (_position == _choices.Count) _choices.Add(new Choice(0, count, free));
            Choice choice = _choices[_position++];
            if (choice.Count != count || choice.Free != free) throw new InvalidOperationException("the scenario is not the same each time");
            return choice.Taken;
        }

        /// <summary>Goes over to the next order; false when there is none.</summary>
        public bool MoveNext()
        {
            _choices.RemoveRange(_position, _choices.Count - _position);
            _position = 0;
            while (_choices.Count > 0)
            {
                Choice last = _choices[^1];
                _choices.RemoveAt(_choices.Count - 1);
                int next = last.Taken + 1;
                if (next == last.Count || (next >= last.Free && _choices.Count(choice => choice.IsDeviation) >= deviations)) continue;
                _choices.Add(last with { Taken = next });
                return true;
            }

            return false;
        }

        private readonly record struct Choice(int Taken, int Count, int Free)
        {
            public bool IsDeviation => Taken >= Free;
        }
    }

    private sealed class RandomChooser(int seed) : IChooser
    {
        private readonly Random _random = new(seed);

        public int Choose(int count, int free) => _random.Next(count);
    }
}
