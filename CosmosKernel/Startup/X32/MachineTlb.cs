using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The translation buffers of the one processor that runs.</summary>
public readonly struct MachineTlb : ITlb
{
    /// <summary>How many flushes concerned other processors: none.</summary>
    public static ulong Requests => 0;

    /// <summary>How many interrupts they took.</summary>
    public static ulong Interrupts => 0;

    /// <summary>Nothing to say: there is one.</summary>
    public static void Start(bool hasInvpcid)
    {
        _ = hasInvpcid;
    }

    /// <inheritdoc/>
    public void Flush(PendingFlush pending) => default(LocalTlb).Flush(pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, PendingFlush pending) => default(LocalTlb).Flush(ref space, pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, in FlushBatch batch) => default(LocalTlb).Flush(ref space, in batch);

    /// <inheritdoc/>
    public void Switch(PhysAddr root, in SpaceTag space) => default(LocalTlb).Switch(root, in space);

    /// <inheritdoc/>
    public bool IsLoaded(in SpaceTag space) => default(LocalTlb).IsLoaded(in space);
}
