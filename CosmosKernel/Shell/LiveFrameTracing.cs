using MemOS.Devices;
using MemOS.Memory.Diagnostics;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The trace of the kernel's frames, to the second serial line.</summary>
public sealed unsafe class LiveFrameTracing : IFrameTracing
{
    private static SerialTransmitter s_line;

    /// <inheritdoc/>
    public bool IsOn => FrameTrace.IsOn;

    /// <inheritdoc/>
    public ulong Allocations => FrameTrace.Allocations;

    /// <inheritdoc/>
    public ulong Frees => FrameTrace.Frees;

    /// <inheritdoc/>
    public ulong LostBytes => s_line.LostBytes;

    /// <inheritdoc/>
    public bool TryStart()
    {
        // Without a first line the console has the second.
        if (!SerialTransmitter.IsThere(SerialTransmitter.Com1) || !SerialTransmitter.IsThere(SerialTransmitter.Com2)) return false;
        s_line = SerialTransmitter.Open(SerialTransmitter.Com2);
        FrameTrace.Start(ref KernelMemory.Frames, &Write);
        return true;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        FrameTrace.Stop(ref KernelMemory.Frames);
        s_line.Flush();
    }

    private static void Write(byte character) => s_line.Write(character);
}
