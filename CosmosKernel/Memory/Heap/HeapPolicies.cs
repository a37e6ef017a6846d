using MemOS.Boot;

namespace MemOS.Memory.Heap;

/// <summary>The policies that there are beside slabs: one for each file of <c>Memory/Heap/Policies</c>, listed by the build.</summary>
public static partial class HeapPolicies
{
    /// <summary>The one that serves when nobody chose: slabs, which are no policy but the heap's own way.</summary>
    public const string Default = "slab";

    /// <summary>Shows each to <paramref name="visitor"/>.</summary>
    public static void Visit<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IHeapPolicyVisitor
        => VisitAll(ref visitor);

    /// <summary>Whether there is a policy called <paramref name="name"/>, or it is <see cref="Default"/>.</summary>
    public static bool IsKnown(TextSlice name) => name.Is(Default) || TryFind(name, out _);

    /// <summary>The policy called <paramref name="name"/>; false when there is none.</summary>
    public static bool TryFind(TextSlice name, out HeapPolicyKind kind)
    {
        Finder finder = new(name);
        Visit(ref finder);
        kind = finder.Kind;
        return finder.IsFound;
    }

    static partial void VisitAll<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IHeapPolicyVisitor;

    private struct Finder : IHeapPolicyVisitor
    {
        private readonly TextSlice _name;

        internal Finder(TextSlice name)
        {
            _name = name;
            Kind = default;
            IsFound = false;
        }

        internal HeapPolicyKind Kind { get; private set; }

        internal bool IsFound { get; private set; }

        public void Visit<TPolicy>(string name)
            where TPolicy : unmanaged, IHeapPolicy
        {
            if (!_name.Is(name)) return;
            Kind = HeapPolicyKind.Of<TPolicy>();
            IsFound = true;
        }
    }
}
