using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The translation buffers of all processors.</summary>
/// <remarks>
/// What changes in the kernel's half is forgotten here and by every other processor that runs, which are interrupted for it, once for all that is
/// to be flushed together; the flush returns when the last of them has. Frames are freed after that. Processes run on the boot processor alone, so
/// that their own halves concern nobody else. A processor that does not answer is named and the kernel stops: what it still uses cannot
/// be given to anybody.
/// </remarks>
public readonly unsafe struct MachineTlb : ITlb
{
    private static ulong s_requests;
    private static ulong s_interrupts;
    private static bool s_usesInvpcid;

    /// <summary>How many flushes concerned other processors.</summary>
    public static ulong Requests => s_requests;

    /// <summary>How many interrupts they took.</summary>
    public static ulong Interrupts => s_interrupts;

    /// <summary>Says how a processor is told to forget all.</summary>
    public static void Start(bool hasInvpcid) => s_usesInvpcid = hasInvpcid;

    /// <inheritdoc/>
    public void Flush(PendingFlush pending)
    {
        default(LocalTlb).Flush(pending);
        if (CrossCalls.Count != 1 && !pending.IsNone) FlushOthers(pending);
    }

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, PendingFlush pending) => default(LocalTlb).Flush(ref space, pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, in FlushBatch batch) => default(LocalTlb).Flush(ref space, in batch);

    /// <inheritdoc/>
    public void Switch(PhysAddr root, in SpaceTag space) => default(LocalTlb).Switch(root, in space);

    /// <inheritdoc/>
    public bool IsLoaded(in SpaceTag space) => default(LocalTlb).IsLoaded(in space);

    private static void FlushOthers(PendingFlush pending)
    {
        s_requests++;
        // SAFETY: it lies on the stack until all have read it.
        bool hasEnded = CrossCalls.TryCall(CpuSet.FirstOnes(CrossCalls.Count), &Carry, (CosmosAddress)(&pending), out CpuId stuck);
        if (!hasEnded) KernelStop.Panic("processor ", (ulong)stuck.Value, " does not answer: it may use memory that is to be freed");
        s_interrupts += (ulong)Processors.RunningCount - 1;
    }

    private static void Carry(CosmosAddress pending) => FlushDriver.Carry(new CpuTlbInstructions(s_usesInvpcid), *(PendingFlush*)pending);
}
