using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using MemOS.Primitives;

namespace MemOS.Lab.Frames;

/// <summary>Writes a synthetic trace: the same one for the same profile, memory, number of operations and seed.</summary>
internal sealed class TraceGenerator
{
    /// <summary>How far from the level that is aimed at, as a part of memory, every operation goes towards it.</summary>
    private const double Slack = 0.02;

    /// <summary>Lines are written in pieces of about so many characters: a console writes each piece at once.</summary>
    private const int PieceLength = 1 << 15;

    private readonly TraceProfile _profile;
    private readonly ulong _memoryFrames;
    private readonly List<(ulong Id, Order Order)> _live = [];
    private readonly StringBuilder _piece = new(PieceLength + 64);
    private SplitMix64 _random;
    private ulong _usedFrames;
    private ulong _nextId;

    /// <param name="profile">How it behaves.</param>
    /// <param name="memoryFrames">The memory that levels are parts of.</param>
    /// <param name="seed">Chooses one of many such traces.</param>
    public TraceGenerator(TraceProfile profile, ulong memoryFrames, ulong seed)
    {
        _profile = profile;
        _memoryFrames = memoryFrames;
        _random = new SplitMix64(seed);
    }

    /// <summary>Writes <paramref name="operations"/> lines; the blocks that are live then stay so.</summary>
    public void Write(TextWriter output, long operations)
    {
        double shares = _profile.Phases.Sum(phase => phase.Share);
        double level = 0;
        double share = 0;
        long done = 0;
        foreach (TracePhase phase in _profile.Phases)
        {
            share += phase.Share;
            long count = (long)Math.Round(operations * share / shares) - done;
            WritePhase(output, phase, level, count);
            level = phase.Level;
            done += count;
        }

        output.Write(_piece);
        _piece.Clear();
    }

    private void WritePhase(TextWriter output, TracePhase phase, double startLevel, long count)
    {
        int weights = phase.Sizes.Sum(size => size.Weight);
        for (long i = 1; i <= count; i++)
        {
            double target = (startLevel + (phase.Level - startLevel) * i / count) * _memoryFrames;
            double lean = (target - _usedFrames) / (Slack * _memoryFrames);
            if (_live.Count == 0 || _random.Unit() * 2 - 1 < lean) Allocate(Pick(phase, _random.Below(weights)));
            else Free(phase.Youth);
            if (_piece.Length < PieceLength) continue;
            output.Write(_piece);
            _piece.Clear();
        }
    }

    private void Allocate(uint frames)
    {
        KernelAssert.That(Order.TryForFrameCount(frames, out Order order), "TraceGenerator: profiles ask for what a block holds");
        _piece.Append(CultureInfo.InvariantCulture, $"a {_nextId} {order.Value}");
        if (frames != order.FrameCount) _piece.Append(CultureInfo.InvariantCulture, $" {frames}");
        _piece.Append('\n');
        _live.Add((_nextId++, order));
        _usedFrames += order.FrameCount;
    }

    private void Free(int youth)
    {
        int choices = youth == 0 ? _live.Count : Math.Min(_live.Count, youth);
        int victim = _live.Count - 1 - _random.Below(choices);
        (ulong id, Order order) = _live[victim];
        _live[victim] = _live[^1];
        _live.RemoveAt(_live.Count - 1);
        _piece.Append(CultureInfo.InvariantCulture, $"f {id}\n");
        _usedFrames -= order.FrameCount;
    }

    private static uint Pick(TracePhase phase, int ticket)
    {
        foreach ((uint frames, int weight) in phase.Sizes)
        {
            if (ticket < weight) return frames;
            ticket -= weight;
        }

        throw new InvalidOperationException("The ticket is above all weights.");
    }
}
