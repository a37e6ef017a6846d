using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>Page tables come from the boot allocator first and from the zones once they are there.</summary>
public readonly struct TableFrames : ITableFrameSource
{
    /// <inheritdoc/>
    public bool TryAllocate(out FrameNumber frame) => KernelMemory.TryAllocateTable(out frame);

    /// <inheritdoc/>
    public void Free(FrameNumber frame) => KernelMemory.FreeTable(frame);
}

/// <summary>Frames behind kernel pages and stacks, cleared.</summary>
public readonly struct KernelFrames : IFrameSource
{
    /// <inheritdoc/>
    public bool TryAllocate(out FrameNumber frame) =>
        KernelMemory.Frames.TryAllocate(Order.Zero, FrameRequest.For(FrameOwner.Kernel).Cleared(), out frame);

    /// <inheritdoc/>
    public void Free(FrameNumber frame)
    {
        FreeResult result = KernelMemory.Frames.Free(frame, Order.Zero);
        KernelAssert.That(result == FreeResult.Ok, "KernelFrames: a kernel page's frame was not allocated");
    }
}

/// <summary>CPUID of the processor that runs.</summary>
public readonly struct ProcessorCpuid : ICpuid
{
    /// <inheritdoc/>
    public void Read(uint leaf, uint subleaf, out uint eax, out uint ebx, out uint ecx, out uint edx)
    {
        CpuidResult result = Cpu.Cpuid(leaf, subleaf);
        eax = result.Eax;
        ebx = result.Ebx;
        ecx = result.Ecx;
        edx = result.Edx;
    }
}
