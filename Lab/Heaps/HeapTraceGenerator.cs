using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using MemOS.Primitives;

namespace MemOS.Lab.Heaps;

/// <summary>Makes a synthetic trace of a heap up: the same one for the same profile, number of operations and seed, on every machine.</summary>
/// <remarks>
/// Time is counted in operations. In each, the block whose time has come is freed or grows; when there is none, one is allocated. So that every
/// block is freed in the end, only that is done once there are no more operations left than blocks.
/// </remarks>
internal sealed class HeapTraceGenerator(HeapTraceProfile profile, ulong seed)
{
    private const int FirstGrowthPart = 16;
    private const int LeastGrowingBytes = 16;
    private const long Forever = long.MaxValue;

    /// <summary>Lines are written in pieces of about so many characters: a console writes each piece at once.</summary>
    private const int PieceLength = 1 << 15;

    /// <summary>A block, and what becomes of it.</summary>
    private sealed class Block
    {
        public required long Id { get; init; }

        public required int LastBytes { get; init; }

        public required int GrowthPercent { get; init; }

        public required long Interval { get; init; }

        public required long Death { get; init; }

        public int SizeBytes { get; set; }

        public bool IsGrowing => SizeBytes < LastBytes;
    }

    /// <summary>An operation: <paramref name="SizeBytes"/> of a free is 0. IDs count up from 0 and never come again.</summary>
    internal readonly record struct Step(HeapVerb Verb, long Id, int SizeBytes);

    /// <summary>Makes up <paramref name="operations"/> operations.</summary>
    public IEnumerable<Step> Generate(long operations)
    {
        SplitMix64 random = new(seed);
        PriorityQueue<Block, (long Time, long Id)> due = new();
        long nextId = 0;
        for (long done = 0; done < operations; done++)
        {
            long slack = operations - done - due.Count;
            if (slack > 0 && !(due.TryPeek(out Block? first, out (long Time, long Id) at) && at.Time <= done) && (slack > 1 || first == null))
            {
                Block block = NewBlock(PhaseAt(done, operations), nextId++, done, ref random);
                due.Enqueue(block, (block.IsGrowing ? Math.Min(done + block.Interval, block.Death) : block.Death, block.Id));
                yield return new Step(HeapVerb.Allocate, block.Id, block.SizeBytes);
                continue;
            }

            due.TryDequeue(out Block? old, out (long Time, long Id) when);
            KernelAssert.That(old != null, "HeapTraceGenerator: a block is there when none is allocated");
            if (slack == 0 || (!old.IsGrowing && when.Time <= done))
            {
                yield return new Step(HeapVerb.Free, old.Id, 0);
                continue;
            }

            // One operation too many for a trace that ends with nothing: the block whose turn it is is asked for as it is.
            if (old.IsGrowing && when.Time <= done) Grow(old);
            due.Enqueue(old, (old.IsGrowing ? Math.Min(done + old.Interval, old.Death) : old.Death, old.Id));
            yield return new Step(HeapVerb.Reallocate, old.Id, old.SizeBytes);
        }
    }

    /// <summary>Writes the trace, header and all.</summary>
    public void Write(TextWriter output, long operations)
    {
        StringBuilder piece = new(PieceLength + 64);
        HeapTraceHeader header = Describe(operations);
        piece.Append(CultureInfo.InvariantCulture, $"{header.HeapBytes}\n{header.Ids}\n{header.Operations}\n{header.Weight}\n");
        foreach (Step step in Generate(operations))
        {
            char verb = step.Verb switch { HeapVerb.Allocate => 'a', HeapVerb.Reallocate => 'r', _ => 'f' };
            piece.Append(CultureInfo.InvariantCulture, $"{verb} {step.Id}");
            if (step.Verb != HeapVerb.Free) piece.Append(CultureInfo.InvariantCulture, $" {step.SizeBytes}");
            piece.Append('\n');
            if (piece.Length < PieceLength) continue;
            output.Write(piece);
            piece.Clear();
        }

        output.Write(piece);
    }

    /// <summary>The header: what is live at most, and the IDs, are known only when all is made up.</summary>
    private HeapTraceHeader Describe(long operations)
    {
        Dictionary<long, int> live = [];
        ulong ids = 0;
        long liveBytes = 0;
        long peakBytes = 0;
        foreach (Step step in Generate(operations))
        {
            if (step.Verb == HeapVerb.Allocate) ids++;
            if (live.Remove(step.Id, out int old)) liveBytes -= old;
            if (step.Verb == HeapVerb.Free) continue;
            live.Add(step.Id, step.SizeBytes);
            liveBytes += step.SizeBytes;
            peakBytes = Math.Max(peakBytes, liveBytes);
        }

        return new HeapTraceHeader(PageNumber.BytesOf(PageNumber.CountFor((ulong)peakBytes)), ids, (ulong)operations, 1);
    }

    private HeapTracePhase PhaseAt(long operation, long operations)
    {
        long shares = profile.Phases.Sum(phase => phase.Share);
        long share = 0;
        foreach (HeapTracePhase phase in profile.Phases)
        {
            share += phase.Share;
            if (operation * shares < operations * share) return phase;
        }

        return profile.Phases[^1];
    }

    private static Block NewBlock(HeapTracePhase phase, long id, long now, ref SplitMix64 random)
    {
        BlockKind kind = phase.Kinds[Pick([.. phase.Kinds.Select(kind => kind.Weight)], ref random)];
        SizeBand band = kind.Bands[Pick([.. kind.Bands.Select(band => band.Weight)], ref random)];
        int lastBytes = band.Least + random.Below(band.Most - band.Least + 1);
        int firstBytes = kind.GrowthPercent == 0 ? lastBytes : Math.Min(lastBytes, Math.Max(LeastGrowingBytes, lastBytes / FirstGrowthPart));
        long life = kind.MeanLife == 0 ? Forever - now : 1 + (long)(random.Exponential() * kind.MeanLife);
        int growths = 0;
        for (long size = firstBytes; size < lastBytes; size += size * kind.GrowthPercent / 100) growths++;
        return new Block
        {
            Id = id,
            SizeBytes = firstBytes,
            LastBytes = lastBytes,
            GrowthPercent = kind.GrowthPercent,
            Interval = Math.Max(1, life / (growths + 1)),
            Death = now + life,
        };
    }

    private static void Grow(Block block) => block.SizeBytes = (int)Math.Min(block.LastBytes, block.SizeBytes + (long)block.SizeBytes * block.GrowthPercent / 100);

    private static int Pick(ReadOnlySpan<int> weights, ref SplitMix64 random)
    {
        int sum = 0;
        foreach (int weight in weights) sum += weight;
        int ticket = random.Below(sum);
        int index = 0;
        while (ticket >= weights[index]) ticket -= weights[index++];
        return index;
    }
}
