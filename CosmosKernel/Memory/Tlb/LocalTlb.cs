using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>The translation buffers of the processor that runs this, and of no other.</summary>
/// <remarks>What each processor holds lies where <see cref="ProcessorLocals.Translations"/> says. A space's flushes are counted as by one processor.</remarks>
public readonly unsafe struct LocalTlb : ITlb
{
    private static CpuTlbInstructions s_instructions;

    /// <summary>Which address spaces this processor holds translations of.</summary>
    // SAFETY: set before the processor runs anything that asks.
    public static ref LoadedSpaces Spaces => ref Own->Spaces;

    /// <summary>What this processor has for flushes.</summary>
    public static ProcessorTlb* Own
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ProcessorTlb*)default(ThisProcessor).Current->Translations;
    }

    /// <summary>How processors are told.</summary>
    internal static CpuTlbInstructions Instructions => s_instructions;

    /// <summary>Says how processors are told; before anything else.</summary>
    public static void Start(CpuTlbInstructions instructions) => s_instructions = instructions;

    /// <inheritdoc/>
    public void Flush(PendingFlush pending) => Spaces.FlushKernel(s_instructions, pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, PendingFlush pending)
    {
        if (pending.IsNone) return;
        space.CountFlush();
        Spaces.Flush(s_instructions, space.Id, space.Generation, pending);
    }

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, in FlushBatch batch)
    {
        if (batch.Plan == FlushPlan.Nothing) return;
        space.CountFlush();
        Spaces.Flush(s_instructions, space.Id, space.Generation, in batch);
    }

    /// <inheritdoc/>
    public void Switch(PhysAddr root, ref SpaceTag space) => Spaces.Switch(s_instructions, root, space.Id, space.Generation);

    /// <inheritdoc/>
    public bool IsLoaded(in SpaceTag space) => Spaces.IsLoaded(space.Id);
}
