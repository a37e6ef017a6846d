namespace MemOS.Memory.Heap;

/// <summary>Half magazines that no CPU holds, of objects of one CPU's slabs: what others free, it allocates again without the slabs hearing of it.</summary>
/// <remarks>
/// Bonwick and Adams, "Magazines and Vmem" (USENIX 2001), section 3, exchange whole magazines; here a <i>bundle</i> is half of one, since a
/// CPU keeps one magazine a class, not two. A class has few bundles: what is more goes to its slabs, so that these become empty.
/// </remarks>
internal unsafe struct MagazineDepot
{
    /// <summary>The bytes of a bundle.</summary>
    internal static uint BundleBytes => (uint)sizeof(Bundle) + (MostRounds * (uint)sizeof(Magazine.Round));

    private const uint MostRounds = Magazine.MostRounds / 2;

    private fixed ulong _first[SizeClasses.MostClasses];
    private fixed byte _counts[SizeClasses.MostClasses];

    /// <summary>A bundle's head; its rounds follow.</summary>
    private struct Bundle
    {
        internal Bundle* Next;
        internal uint Count;
    }

    /// <summary>Bundles that a class may have here.</summary>
    internal uint MostBundles { get; set; }

    /// <summary>The objects of a class that are here.</summary>
    internal readonly uint Count(uint classIndex)
    {
        uint count = 0;
        for (Bundle* bundle = (Bundle*)_first[classIndex]; bundle != null; bundle = bundle->Next) count += bundle->Count;
        return count;
    }

    /// <summary>Keeps <paramref name="count"/> rounds; false when the class has enough here, or there is no memory for a bundle.</summary>
    internal bool TryPut<TPages>(ref SlabStore<TPages> store, uint classIndex, Magazine.Round* rounds, uint count)
        where TPages : struct, IPageSource
    {
        if (_counts[classIndex] >= MostBundles || count == 0 || count > MostRounds) return false;
        if (!store.TryTakeBundle(out void* memory)) return false;
        Bundle* bundle = (Bundle*)memory;
        bundle->Next = (Bundle*)_first[classIndex];
        bundle->Count = count;
        Magazine.Round* kept = Rounds(bundle);
        for (uint i = 0; i < count; i++) kept[i] = rounds[i];
        _first[classIndex] = (ulong)bundle;
        _counts[classIndex]++;
        return true;
    }

    /// <summary>Hands out a bundle's rounds; how many, 0 when the class has none here.</summary>
    internal uint Take<TPages>(ref SlabStore<TPages> store, uint classIndex, Magazine.Round* rounds)
        where TPages : struct, IPageSource
    {
        Magazine.Round* kept = BundleAt(classIndex, 0, out uint count);
        if (kept == null) return 0;
        for (uint i = 0; i < count; i++) rounds[i] = kept[i];
        Drop(ref store, classIndex);
        return count;
    }

    /// <summary>Forgets a class's first bundle, whose rounds the caller has.</summary>
    internal void Drop<TPages>(ref SlabStore<TPages> store, uint classIndex)
        where TPages : struct, IPageSource
    {
        Bundle* bundle = (Bundle*)_first[classIndex];
        _first[classIndex] = (ulong)bundle->Next;
        _counts[classIndex]--;
        store.ReturnBundle(bundle);
    }

    /// <summary>The rounds of a class's bundle number <paramref name="index"/>, for looking at; null when there is none.</summary>
    internal readonly Magazine.Round* BundleAt(uint classIndex, uint index, out uint count)
    {
        Bundle* bundle = (Bundle*)_first[classIndex];
        for (; bundle != null && index != 0; index--) bundle = bundle->Next;
        count = bundle == null ? 0 : bundle->Count;
        return bundle == null ? null : Rounds(bundle);
    }

    private static Magazine.Round* Rounds(Bundle* bundle) => (Magazine.Round*)(bundle + 1);
}
