using MemOS.Memory.Diagnostics;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The trace of the kernel's raw blocks, to the second serial line.</summary>
public sealed unsafe class LiveHeapTracing : ITracing
{
    /// <inheritdoc/>
    public string Name => "heap";

    /// <inheritdoc/>
    public bool IsOn => HeapTrace.IsOn;

    /// <inheritdoc/>
    public string Written =>
        HeapTrace.Allocations.ToString() + " allocations, " + HeapTrace.Reallocations.ToString() + " reallocations and " + HeapTrace.Frees.ToString() + " frees";

    /// <inheritdoc/>
    public ulong LostBytes => TraceLine.LostBytes;

    /// <inheritdoc/>
    public CommandResult Start()
    {
        CommandResult opened = TraceLine.Open();
        if (opened.Failure != null) return opened;
        HeapTrace.Start(ref KernelMemory.Heap, &TraceLine.Write);
        return CommandResult.Ok;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        HeapTrace.Stop(ref KernelMemory.Heap);
        TraceLine.Flush();
    }
}
