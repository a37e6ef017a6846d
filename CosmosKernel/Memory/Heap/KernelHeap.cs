using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>The kernel's heap: blocks of any size, found again by their address alone.</summary>
/// <remarks>
/// <para><b>Theory.</b> A size up to 16 KiB is rounded up to a size class (SizeClasses); each class has slabs, runs of pages cut into equal objects
/// without headers. What is larger is a run of pages of its own. Every run has a descriptor that lies elsewhere (Slab), and a map leads
/// from any address to the descriptor of its page (PageMap), so a block's class, size and state are known from its pointer,
/// and a pointer that is not a block's is recognised without touching memory that may not exist.</para>
/// <para>Each object has a byte of state beside the descriptor: <i>Free</i> in its slab, <i>Cached</i> in a magazine, <i>Live</i> with a caller. Exactly the
/// pointers to the first byte of a Live object can be freed. This is what tells a double free, an interior and a foreign
/// pointer from a good one, always and for two loads, whatever the caller wrote into the block.</para>
/// <para>In front of the slabs each CPU has one magazine a class (Bonwick and Adams, "Magazines and Vmem", USENIX 2001): a stack of
/// objects with the addresses of their states. Allocation pops, freeing pushes, whoever allocated. An empty magazine takes half its capacity, a full one
/// gives its older half away, so that a sequence of alternating calls at either end moves nothing; both go to the depot, which keeps a few
/// halves a class for all CPUs, and then to the slabs. A class keeps one slab without live objects; the next one goes back to the page
/// source. When pages run out, this CPU's magazines and the depot are emptied and all empty slabs returned before an allocation fails.</para>
/// <para>Callers' own caches (name, size, alignment, constructor) are classes that no size leads to. A slab whose tail has room begins at
/// another place of its first page than the one before it (colouring).</para>
/// <para>What a magazine cannot do ends in a method that is not inlined. A front whose magazines are all closed leads every call there:
/// so a heap that checks itself costs the others no instruction. Each CPU has one to stand before its own.</para>
/// <para><b>Invariants</b>, checked by <see cref="Validate"/>: I1 every page of a run, and no other, is entered in the map with the run's descriptor;
/// I2 a slab has its class's shape, a large block is one live object of all its pages; I3 a slab's count of free objects is
/// the count of such states, none below its hint; I4 the pages counted are those in the map, one descriptor a run; I5 a
/// class lists exactly its slabs with free objects, its counts are their sums, and the objects in state Cached are as many as its
/// magazines and the depot hold; I6 a magazine holds no more than its capacity, each object there or in the depot is Cached and in one place once.</para>
/// <para><b>Cost.</b> Block of a class: 15 instructions to allocate and 34 to free when the magazine serves, three of each to find the CPU's own; the slab
/// layer once in half a magazine. Overhead: no bytes in the page for blocks of 16 KiB and less but the rounding; a byte of state an object, 72 bytes
/// of descriptor and 8 bytes of map a page outside. A large block costs its descriptor and its map entries.</para>
/// <para><b>Locking.</b> A front is its CPU's: nobody else pops from its magazines or pushes to them, and no interrupt handler allocates, so they need no
/// lock and no masking. Everything behind them has one lock of rank Heap, which is taken once for half a magazine; zones' locks come below it. A large block's
/// content is cleared and copied without it, and guard pages are mapped and unmapped without it, since that takes locks that come before.</para>
/// <para>Two CPUs that free the same block at the same moment may both find it Live; then it is in two magazines. Who pops it first has it;
/// the other round is lost, which is seen where it is met, since the object is not Cached any more, and counted as the double free that it is
/// (KernelHeap.Rounds.cs). So tables stay whole whatever is freed twice; only if both CPUs pop it at the same moment, too, is it handed out twice. A pointer to no
/// block is told from one exactly, unless another CPU gives back the slab that it points into at that moment: between a free's look at the state and its push
/// nobody sees that it is under way.</para>
/// <para>What CPUs share without the lock is little: an object's state; a magazine's top and rounds, which its CPU alone writes and the one that looks for
/// rounds of an empty slab reads; the words by which memory is asked for. These go through <typeparamref name="TWords"/>, in the order that
/// the others rely on. Map, descriptors and classes are written under the lock, and what a free reads of them has not changed since its block was handed out.</para>
/// <para>State is in this struct and in pages of the source: no object references, usable before the first <c>new</c>.
/// Keep it in a static field and never copy it.</para>
/// </remarks>
/// <typeparam name="TPages">Where pages come from.</typeparam>
/// <typeparam name="TProcessor">Who runs.</typeparam>
/// <typeparam name="TWords">How CPUs read and write what they share: <see cref="MachineWords"/>, but in tests that order their steps.</typeparam>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
    where TPages : struct, IPageSource
    where TProcessor : struct, IProcessor
    where TWords : struct, ISharedWords
{
    /// <summary>The largest alignment that can be asked for.</summary>
    public const uint LargestAlignmentBytes = 2 * 1024 * 1024;

    // First, because its map is what a free reads first: at no offset.
    private SlabStore<TPages> _store;

    // Second: where Front looks for it.
    private TProcessor _processor;
    private TicketLock _lock;
    private HeapFront* _fronts;
    private delegate*<void> _poll;
    private delegate*<void> _askOthers;
    private HeapGuard* _guard;
    private HeapObserver _observer;
    private PolicyState* _policy;
    private nuint _ownPages;
    private ulong _failedAllocations;
    private ulong _largeAllocations;
    private ulong _requestedLargeBytes;
    private ulong _grantedLargeBytes;
    private fixed ulong _refusals[HeapFreeResults.Count];

    /// <summary>Takes the heap's tables, about 40 KiB and 10 bytes per 2 MiB of <paramref name="window"/>; the running CPU gets its magazines.</summary>
    /// <param name="pages">Where pages come from from now on.</param>
    /// <param name="window">The addresses that its pages can have.</param>
    /// <param name="processor">How the heap finds who runs.</param>
    /// <returns>False when there is not enough memory; nothing is kept then.</returns>
    public bool TryInitialize(TPages pages, PageRange window, TProcessor processor = default) =>
        TryInitialize(pages, window, SizeClassScheme.KernelBlocks, processor);

    /// <summary>As the other, with other size classes.</summary>
    public bool TryInitialize(TPages pages, PageRange window, SizeClassScheme scheme, TProcessor processor = default)
    {
        KernelAssert.That(scheme != SizeClassScheme.ManagedObjects, "KernelHeap: the scheme is the managed heap's");
        this = default;
        _processor = processor;
        _lock = new TicketLock(LockRank.Heap);
        if (!_store.TryInitialize(pages, window, scheme)) return false;
        if (TryMakeFront(_processor.Current)) return true;
        _store.Dispose();
        return false;
    }

    /// <summary>A block of at least <paramref name="sizeBytes"/> bytes of any content; kmalloc.</summary>
    /// <remarks>
    /// 16-byte aligned; 8-byte when no more than 8 bytes are asked for. Size 0 gives a block of the smallest class, distinct from
    /// all others and to be freed like them.
    /// </remarks>
    /// <returns>Null when there is no memory, or the size exceeds the window.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Callers' sizes are mostly constants: a third of it folds away.
    public byte* Allocate(nuint sizeBytes)
    {
        if (sizeBytes > SizeClasses.FineLimitBytes) return AllocateBig(Front, sizeBytes);
        Magazine* magazine = HeapFront.OfSize(Front, sizeBytes);
        Magazine.Round* top = Magazine.TopOf(magazine, Words);
        byte* state = Magazine.TopState(top, Words);
        if (Words.Read(ref *state) != ObjectState.Cached)
        {
            magazine = Serve(magazine, sizeBytes);
            top = Magazine.TopOf(magazine, Words);
            state = Magazine.TopState(top, Words);
        }

        return Magazine.Pop(magazine, top, state, sizeBytes, Words);
    }

    /// <summary>A block like <see cref="Allocate"/>'s, all of its bytes zero, those beyond <paramref name="sizeBytes"/> too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // No more than a call, which the caller has anyway.
    public byte* AllocateZeroed(nuint sizeBytes) => AllocateCleared(Front, sizeBytes);

    /// <summary>A zeroed block for <paramref name="count"/> elements of <paramref name="elementBytes"/> bytes; kcalloc.</summary>
    /// <returns>Null when there is no memory, or the product does not fit an address.</returns>
    public byte* AllocateArray(nuint count, nuint elementBytes)
    {
        nuint sizeBytes = unchecked(count * elementBytes);
        if (elementBytes != 0 && sizeBytes / elementBytes != count) return Fail();
        byte* block = AllocateZeroed(sizeBytes);
        SetKind(block, BlockKind.Array);
        return block;
    }

    /// <summary>A block whose address is a multiple of <paramref name="alignmentBytes"/>; kmalloc_aligned.</summary>
    /// <remarks>Above the page size a block takes at least half as many bytes as its alignment.</remarks>
    /// <returns>
    /// Null when there is no memory, or the alignment is not a power of two up to <see cref="LargestAlignmentBytes"/>.
    /// </returns>
    public byte* AllocateAligned(nuint sizeBytes, nuint alignmentBytes)
    {
        return IsAlignment(alignmentBytes) ? AllocateBehind(sizeBytes, alignmentBytes, BlockKind.Aligned) : Fail();
    }

    /// <summary>Frees a block; null is none and fine; kfree.</summary>
    /// <returns>What became of it; everything but Ok is counted and changes nothing else.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // A call and its frame are a fifth of what it does.
    public HeapFreeResult Free(void* block)
    {
        HeapFront* front = Front;
        byte* address = (byte*)block;
        if (!_store.Map.IsInWindow(address)) return FreeOther(address);
        Slab* slab = _store.Map.FindInWindow(address);

        // The product's low half is below the reciprocal for the start of an object and for nothing else (Slab.ReciprocalOf).
        ulong reciprocal = slab->Reciprocal;
        ulong scaled = unchecked((ulong)((nuint)address - (nuint)slab->Start) * reciprocal);
        if ((uint)scaled >= (uint)reciprocal) return FreeOther(address);

        // SAFETY: the descriptor has a state for every object's index, and one for the tail.
        byte* state = Slab.States(slab) + (nuint)(scaled >> 32);
        if (Words.Read(ref *state) != ObjectState.Live) return FreeOther(address);
        Magazine* magazine = HeapFront.OfClass(front, slab->ClassIndex);
        Magazine.Round* top = Magazine.TopOf(magazine, Words);
        if (top == magazine->End) return FreeBehindMagazine(magazine, address, state);
        Magazine.Push(magazine, top, address, state, Words);
        return HeapFreeResult.Ok;
    }

    /// <summary>Frees a block of <see cref="Allocate"/>, of which the caller says how many bytes it asked for; a block of another class is refused.</summary>
    public HeapFreeResult Free(void* block, nuint sizeBytes) => Free(block, sizeBytes, 1);

    /// <summary>The same for a block of <see cref="AllocateAligned"/>.</summary>
    public HeapFreeResult Free(void* block, nuint sizeBytes, nuint alignmentBytes)
    {
        if (block == null) return HeapFreeResult.Ok;
        if (_guard == null)
        {
            HeapFreeResult result = ExamineSized((byte*)block, sizeBytes, alignmentBytes);
            return result == HeapFreeResult.Ok ? Free(block) : RefuseNow(result);
        }

        bool wereOn = Enter();
        HeapFreeResult watched = TellFreed((byte*)block, FreeWatched((byte*)block, sizeBytes));
        LeaveFreeing(wereOn);
        return watched;
    }

    /// <summary>How many bytes a block holds, at least what was asked for; 0 when it is no live block; kmalloc_size.</summary>
    public nuint SizeOf(void* block)
    {
        if (!IsClosed) return ExamineCore((byte*)block, out _, out nuint granted) == HeapFreeResult.Ok ? granted : 0;
        bool wereOn = Enter();
        nuint sizeBytes = SizeOfCore((byte*)block);
        Leave(wereOn);
        return sizeBytes;
    }

    /// <summary>Gives everything back to the page source that no live block needs; returns how many pages that were.</summary>
    /// <remarks>But what other CPUs have in their magazines: that each gives back by itself, by <see cref="Drain"/>.</remarks>
    public ulong Trim()
    {
        bool wereOn = Enter();
        ulong gone = TrimCore();
        Leave(wereOn);
        return gone;
    }

    private ulong TrimCore()
    {
        nuint before = HeldPages;
        EmptyQuarantine(0);
        EmptyMagazines(Front->Own);
        for (uint i = 0; i < _store.CacheLimit; i++) EmptyDepots(i);
        RemoveEmptySlabs();
        RemoveEmptyExtents();
        return before - HeldPages;
    }

    private static TWords Words => default;

    private readonly Magazine* OwnMagazine(uint classIndex) => HeapFront.OfClass(Front->Own, classIndex);

    private static bool IsAlignment(nuint alignmentBytes) =>
        alignmentBytes != 0 && (alignmentBytes & (alignmentBytes - 1)) == 0 && alignmentBytes <= LargestAlignmentBytes;
}
