using MemOS.Memory.Virtual;

namespace MemOS.Startup;

/// <summary>Where reports go that are made when nothing else works, or must not be called.</summary>
internal readonly struct StopSink : ITextSink
{
    /// <inheritdoc/>
    public void Write(byte character) => KernelStop.Write(character);
}
