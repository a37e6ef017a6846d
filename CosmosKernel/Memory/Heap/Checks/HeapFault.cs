using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>What somebody did to a heap: what, where, and who had to do with the block.</summary>
public readonly struct HeapFault
{
    internal HeapFault(HeapFreeResult kind, VirtAddr address, in TrackedBlock block, ulong offset, byte found, CallStack foundBy)
    {
        Kind = kind;
        Address = address;
        Block = block;
        Offset = offset;
        Found = found;
        FoundBy = foundBy;
    }

    /// <summary>What was done.</summary>
    public HeapFreeResult Kind { get; }

    /// <summary>The pointer that was given, or the first byte that was written where nobody may write.</summary>
    public VirtAddr Address { get; }

    /// <summary>The block that it is about; its address is 0 when there is none.</summary>
    public TrackedBlock Block { get; }

    /// <summary>How far <see cref="Address"/> is from the block: behind its start, for an underflow before it. Of a wrong size, the size that was said.</summary>
    public ulong Offset { get; }

    /// <summary>What the damaged byte holds now.</summary>
    public byte Found { get; }

    /// <summary>Who called when it was found: for a wrong free, who did it.</summary>
    public CallStack FoundBy { get; }
}
