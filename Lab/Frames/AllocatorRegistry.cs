using System.Collections.Generic;
using MemOS.Memory.Frames;

namespace MemOS.Lab.Frames;

/// <summary>The kernel's frame allocators by name.</summary>
internal static class AllocatorRegistry
{
    /// <summary>The names, as <c>frames=</c> takes them.</summary>
    public static IReadOnlyList<string> Names
    {
        get
        {
            NameList list = new([]);
            FrameAllocators.Visit(ref list);
            return list.Names;
        }
    }

    /// <summary>A replay on the allocator called <paramref name="name"/>, over memory of its own.</summary>
    /// <exception cref="LabException">There is none; those that there are are named.</exception>
    public static FrameReplay NewReplay(string name, ulong memoryFrames)
    {
        ReplayMaker maker = new(name, memoryFrames);
        FrameAllocators.Visit(ref maker);
        return maker.Replay ?? throw new LabException($"there is no allocator '{name}': {string.Join(", ", Names)}");
    }

    private readonly struct NameList(List<string> names) : IFrameAllocatorVisitor
    {
        public List<string> Names => names;

        public void Visit<TBlocks>(string name)
            where TBlocks : unmanaged, IBlockAllocator
            => names.Add(name);
    }

    private struct ReplayMaker(string wanted, ulong memoryFrames) : IFrameAllocatorVisitor
    {
        public FrameReplay? Replay { get; private set; }

        public void Visit<TBlocks>(string name)
            where TBlocks : unmanaged, IBlockAllocator
        {
            if (name != wanted) return;
            FrameReplay<TBlocks>.WarmUp();
            Replay = new FrameReplay<TBlocks>(memoryFrames);
        }
    }
}
