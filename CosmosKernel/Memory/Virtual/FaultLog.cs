using System.Threading;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>The last page faults of programs: a ring that the fault path writes three words into and nothing else.</summary>
public unsafe struct FaultLog
{
    /// <summary>How many faults it keeps; a power of two.</summary>
    public const int Capacity = 64;

    private const int OutcomeBits = 8;
    private const int AccessBits = 8;

    private fixed ulong _instructions[Capacity];
    private fixed ulong _targets[Capacity];
    private fixed ulong _details[Capacity];
    private ulong _total;

    /// <summary>How many faults there were.</summary>
    public readonly ulong Total => _total;

    /// <summary>How many of them are kept.</summary>
    public readonly int Count => _total < Capacity ? (int)_total : Capacity;

    /// <summary>Adds one; the oldest makes room. Several processors may do so at once; who recalls one of the last meanwhile may see it half written.</summary>
    public void Add(int processId, VirtAddr instruction, VirtAddr target, FaultAccess access, FaultOutcome outcome)
    {
        int place = (int)((Interlocked.Increment(ref _total) - 1) & (Capacity - 1));
        // SAFETY: below the capacity, which is a power of two.
        _instructions[place] = instruction.Value;
        _targets[place] = target.Value;
        _details[place] = (((ulong)(uint)processId << AccessBits | (uint)access) << OutcomeBits) | (uint)outcome;
    }

    /// <summary>The fault at <paramref name="age"/>, below <see cref="Count"/>: 0 is the last one.</summary>
    public readonly FaultRecord Recall(int age)
    {
        KernelAssert.That((uint)age < (uint)Count, "FaultLog: no such fault");
        int place = (int)((_total - 1 - (uint)age) & (Capacity - 1));
        ulong details = _details[place]; // SAFETY: below the capacity.
        return new FaultRecord(
            (int)(details >> (OutcomeBits + AccessBits)), VirtAddr.FromTrusted(_instructions[place]), VirtAddr.FromTrusted(_targets[place]),
            (FaultAccess)((details >> OutcomeBits) & ((1 << AccessBits) - 1)), (FaultOutcome)(details & ((1 << OutcomeBits) - 1)));
    }
}
