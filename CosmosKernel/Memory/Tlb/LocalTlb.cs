using MemOS.Collections;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>The translation buffers of the processor that runs this.</summary>
public readonly struct LocalTlb : ITlb
{
    private static LoadedSpaces s_spaces;
    private static CpuTlbInstructions s_instructions;

    /// <summary>Which address spaces the processor holds translations of.</summary>
    public static ref readonly LoadedSpaces Spaces => ref s_spaces;

    /// <summary>Says what is loaded; before anything else.</summary>
    /// <param name="slots">One for each number to use: a single one where the processor has no PCIDs, or they are off.</param>
    /// <param name="space">The space that is loaded, under number 0.</param>
    /// <param name="instructions">How the processor is told.</param>
    public static void Start(StructArray<SpaceSlot> slots, in SpaceTag space, CpuTlbInstructions instructions)
    {
        s_spaces = new LoadedSpaces(slots, in space);
        s_instructions = instructions;
    }

    /// <inheritdoc/>
    public void Flush(PendingFlush pending) => s_spaces.FlushKernel(s_instructions, pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, PendingFlush pending) => s_spaces.Flush(s_instructions, ref space, pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, in FlushBatch batch) => s_spaces.Flush(s_instructions, ref space, in batch);

    /// <inheritdoc/>
    public void Switch(PhysAddr root, in SpaceTag space) => s_spaces.Switch(s_instructions, root, in space);

    /// <inheritdoc/>
    public bool IsLoaded(in SpaceTag space) => s_spaces.IsLoaded(in space);
}
