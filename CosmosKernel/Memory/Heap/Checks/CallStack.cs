using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>Return addresses that a heap has kept: who called, the innermost first. Empty when none were taken down.</summary>
public readonly unsafe struct CallStack
{
    /// <summary>The most addresses that are kept.</summary>
    public const uint MostFrames = 12;

    private readonly Entry* _entry;

    internal CallStack(Entry* entry) => _entry = entry;

    /// <summary>The kept form: one for all calls that came the same way.</summary>
    internal struct Entry
    {
        internal Entry* Next;
        internal uint Hash;
        internal uint Count;
        internal fixed ulong Frames[(int)MostFrames];
    }

    /// <summary>How many addresses there are.</summary>
    public uint Count => _entry == null ? 0 : _entry->Count;

    /// <summary>Tells stacks apart: the same number is the same stack; 0 is the empty one.</summary>
    public nuint Identity => (nuint)_entry;

    /// <summary>The address at <paramref name="index"/>, below <see cref="Count"/>.</summary>
    public VirtAddr this[uint index]
    {
        get
        {
            KernelAssert.That(index < Count, "CallStack: no such frame");
            return VirtAddr.FromTrusted(_entry->Frames[index]);
        }
    }
}
