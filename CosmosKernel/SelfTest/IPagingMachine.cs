using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>What a stress of mappings needs: memory, and a processor that uses the mappings; in tests, a model of one.</summary>
public interface IPagingMachine
{
    /// <summary>The frames that page tables are made of now.</summary>
    ulong TableFrames { get; }

    /// <summary>Takes a block that nobody else uses.</summary>
    bool TryTake(Order order, out FrameNumber block);

    /// <summary>Gives it back.</summary>
    void GiveBack(FrameNumber block, Order order);

    /// <summary>Returns when the processor uses nothing any more of what <paramref name="pending"/> names, in the kernel's half.</summary>
    void Flush(PendingFlush pending);

    /// <summary>Reads the byte at <paramref name="address"/>; false when that faults.</summary>
    bool TryRead(VirtAddr address, out byte value);

    /// <summary>Writes a byte; false when that faults.</summary>
    bool TryWrite(VirtAddr address, byte value);

    /// <summary>Executes the code at <paramref name="address"/>, which is one return instruction; false when fetching it faults.</summary>
    bool TryExecute(VirtAddr address);
}
