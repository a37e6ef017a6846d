using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>The only processor that works with some memory, whichever runs: for measurements, and on the desk.</summary>
public readonly unsafe struct LoneProcessor : IProcessor
{
    /// <summary>The storage that it wants, in bytes.</summary>
    public const int StorageBytes = ProcessorLocals.SizeBytes + ProcessorLocals.LineBytes;

    private readonly ProcessorLocals* _locals;

    /// <summary>A processor that has used nothing, in <see cref="StorageBytes"/> bytes at a multiple of 64, to keep.</summary>
    public LoneProcessor(byte* storage)
    {
        _locals = (ProcessorLocals*)storage;
        *_locals = default;
        HeldRanks = 0;
    }

    /// <inheritdoc/>
    public ProcessorLocals* Current => _locals;

    /// <inheritdoc/>
    public ref uint HeldRanks => ref *(uint*)(_locals + 1); // SAFETY: the storage goes on for a line.

    /// <inheritdoc/>
    public bool Enter() => false;

    /// <inheritdoc/>
    public void Leave(bool wereOn) => _ = wereOn;

    /// <inheritdoc/>
    public void Wait() => KernelAssert.Fail("LoneProcessor: it waits for itself");
}
