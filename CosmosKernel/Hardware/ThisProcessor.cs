using System.Runtime.CompilerServices;

namespace MemOS.Hardware;

/// <summary>The processor that runs this.</summary>
public readonly unsafe partial struct ThisProcessor : IProcessor
{
    /// <inheritdoc/>
    public ref uint HeldRanks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref default(ProcessorGuard).HeldRanks;
    }

    /// <inheritdoc/>
    public bool Enter() => default(ProcessorGuard).Enter();

    /// <inheritdoc/>
    public void Leave(bool wereOn) => default(ProcessorGuard).Leave(wereOn);

    /// <inheritdoc/>
    public void Wait() => default(ProcessorGuard).Wait();
}
