using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>The processor that runs, and the machine's memory.</summary>
public readonly struct LivePagingMachine : IPagingMachine
{
    /// <inheritdoc/>
    public ulong TableFrames => KernelMemory.TablesInUse;

    /// <inheritdoc/>
    public bool TryTake(Order order, out FrameNumber block) => KernelMemory.Frames.TryAllocate(order, FrameOwner.Kernel, out block);

    /// <inheritdoc/>
    public void GiveBack(FrameNumber block, Order order)
    {
        FreeResult result = KernelMemory.Frames.Free(block, order);
        KernelAssert.That(result == FreeResult.Ok, "LivePagingMachine: the block was not taken");
    }

    /// <inheritdoc/>
    public bool TryRead(VirtAddr address, out byte value) => !Cpu.ProbeRead8(address, out value).Faulted;

    /// <inheritdoc/>
    public bool TryWrite(VirtAddr address, byte value) => !Cpu.ProbeWrite8(address, value).Faulted;

    /// <inheritdoc/>
    public bool TryExecute(VirtAddr address) => !Cpu.ProbeExecute(address).Faulted;

    /// <inheritdoc/>
    public void Flush(PendingFlush pending) => default(MachineTlb).Flush(pending);
}
