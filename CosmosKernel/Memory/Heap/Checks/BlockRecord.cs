using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>What a tracking heap keeps of a block, apart from it.</summary>
internal unsafe struct BlockRecord
{
    /// <summary>The next one of its bucket.</summary>
    internal BlockRecord* Next;

    /// <summary>The next one in quarantine, or on a search's list.</summary>
    internal BlockRecord* Queued;

    /// <summary>The block as the layer below gave it: what records are found by.</summary>
    internal byte* Inner;

    internal nuint InnerBytes;

    /// <summary>What the caller has.</summary>
    internal byte* User;

    internal nuint UserBytes;

    internal ulong Number;

    internal ulong Time;

    internal CallStack AllocatedBy;

    internal CallStack FreedBy;

    internal BlockKind Kind;

    internal BlockKeeping Keeping;

    internal bool IsLive;

    internal bool IsReached;

    /// <summary>Whether the byte at <paramref name="address"/> lies in the block or its zones.</summary>
    internal readonly bool Contains(byte* address) => unchecked((nuint)(address - Inner)) < InnerBytes; // Intended wrap: before it is far behind it.

    /// <summary>What others may know of it.</summary>
    internal readonly TrackedBlock Describe() =>
        new(VirtAddr.FromTrusted((ulong)(nuint)User), UserBytes, Number, Time, Kind, IsReached, AllocatedBy, FreedBy);
}
