using MemOS.Boot;

namespace MemOS.Memory.Frames;

/// <summary>The algorithms that there are: one for each file of <c>Memory/Frames/Allocators</c>, listed by the build.</summary>
public static partial class FrameAllocators
{
    /// <summary>The one that serves the zones when nobody chose.</summary>
    public const string Default = "hybrid";

    /// <summary>Shows each to <paramref name="visitor"/>.</summary>
    public static void Visit<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IFrameAllocatorVisitor
        => VisitAll(ref visitor);

    /// <summary>The algorithm called <paramref name="name"/>; false when there is none.</summary>
    public static bool TryFind(TextSlice name, out FrameAllocatorKind kind)
    {
        Finder finder = new(name);
        Visit(ref finder);
        kind = finder.Kind;
        return finder.IsFound;
    }

    /// <summary>Whether there is an algorithm called <paramref name="name"/>.</summary>
    public static bool IsKnown(TextSlice name) => TryFind(name, out _);

    /// <summary>The one that is called <paramref name="name"/>, or <see cref="Default"/> when there is none of that name.</summary>
    public static FrameAllocatorKind FindOrDefault(TextSlice name) => TryFind(name, out FrameAllocatorKind kind) ? kind : FrameAllocatorKind.Of<HybridAllocator>();

    static partial void VisitAll<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IFrameAllocatorVisitor;

    private struct Finder : IFrameAllocatorVisitor
    {
        private readonly TextSlice _name;

        internal Finder(TextSlice name)
        {
            _name = name;
            Kind = default;
            IsFound = false;
        }

        internal FrameAllocatorKind Kind { get; private set; }

        internal bool IsFound { get; private set; }

        public void Visit<TBlocks>(string name)
            where TBlocks : unmanaged, IBlockAllocator
        {
            if (!_name.Is(name)) return;
            Kind = FrameAllocatorKind.Of<TBlocks>();
            IsFound = true;
        }
    }
}
