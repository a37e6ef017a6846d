using MemOS.Memory.Diagnostics;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The trace of the kernel's frames, to the second serial line.</summary>
public sealed unsafe class LiveFrameTracing : ITracing
{
    /// <inheritdoc/>
    public string Name => "frames";

    /// <inheritdoc/>
    public bool IsOn => FrameTrace.IsOn;

    /// <inheritdoc/>
    public string Written => FrameTrace.Allocations.ToString() + " allocations and " + FrameTrace.Frees.ToString() + " frees";

    /// <inheritdoc/>
    public ulong LostBytes => TraceLine.LostBytes;

    /// <inheritdoc/>
    public CommandResult Start()
    {
        CommandResult opened = TraceLine.Open();
        if (opened.Failure == null) FrameTrace.Start(ref KernelMemory.Frames, &TraceLine.Write);
        return opened;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        FrameTrace.Stop(ref KernelMemory.Frames);
        TraceLine.Flush();
    }
}
