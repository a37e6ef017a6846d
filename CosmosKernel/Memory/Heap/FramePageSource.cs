using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <summary>Pages that are frames of the machine, seen through a window that shows all of them in order: the direct map.</summary>
/// <typeparam name="TMemory">How frames are reached: <see cref="DirectMap"/> in the machine.</typeparam>
/// <typeparam name="TProcessor">The processor that runs: <see cref="ThisProcessor"/> in the machine.</typeparam>
public readonly unsafe struct FramePageSource<TMemory, TProcessor> : IPageSource
    where TMemory : unmanaged, IPhysicalMemory
    where TProcessor : unmanaged, IProcessor
{
    private readonly PhysicalMemory<TMemory, TProcessor>* _frames;
    private readonly FrameNumber _firstFrame;
    private readonly PageNumber _firstPage;
    private readonly FrameRequest _request;

    /// <summary>Pages of the frames in <paramref name="span"/>, which holds all that <paramref name="frames"/> can hand out.</summary>
    /// <param name="frames">The allocator, which stays where it is.</param>
    /// <param name="memory">Shows the span at one address after the other.</param>
    /// <param name="span">From a multiple of 2 MiB on, in the window's addresses too: alignment carries over up to there.</param>
    public FramePageSource(PhysicalMemory<TMemory, TProcessor>* frames, TMemory memory, FrameRange span)
        : this(frames, memory, span, FrameRequest.For(FrameOwner.Heap))
    {
    }

    /// <summary>Pages of frames of the zones that <paramref name="request"/> names, all of which lie in <paramref name="span"/>.</summary>
    /// <inheritdoc cref="FramePageSource{TMemory, TProcessor}(PhysicalMemory{TMemory, TProcessor}*, TMemory, FrameRange)"/>
    public FramePageSource(PhysicalMemory<TMemory, TProcessor>* frames, TMemory memory, FrameRange span, FrameRequest request)
    {
        _request = request;
        _frames = frames;
        _firstFrame = span.Start;
        _firstPage = HeapPages.PageOf(memory.Pointer(span.Start.Start));
        Window = new PageRange(_firstPage, span.Count);
        KernelAssert.That(
            _firstFrame.IsAligned(Order.TwoMiB) && _firstPage.IsAligned(Order.TwoMiB),
            "FramePageSource: the window loses the frames' alignment");
    }

    /// <summary>The pages that frames can become; what a heap is initialised with.</summary>
    public PageRange Window { get; }

    /// <inheritdoc/>
    public bool TryAllocatePages(ulong pageCount, out PageNumber first)
    {
        Order alignment = Order.TwoMiB;
        if (pageCount <= alignment.FrameCount && Order.TryForFrameCount(pageCount, out Order order)) alignment = order;
        FrameNumber frame;
        bool isAllocated;
        if (pageCount == alignment.FrameCount)
        {
            // A block, which is found sooner than a run; all slabs are some.
            isAllocated = _frames->TryAllocate(alignment, _request, out frame);
        }
        else
        {
            isAllocated = _frames->TryAllocateRun(pageCount, alignment, _request, out FrameRange run);
            frame = run.Start;
        }

        first = isAllocated ? _firstPage + (frame - _firstFrame) : default;
        return isAllocated;
    }

    /// <inheritdoc/>
    public bool TryExtend(PageNumber first, ulong pageCount, ulong morePages)
    {
        FrameRange run = new(_firstFrame + (first - _firstPage), pageCount);
        return _frames->TryExtendRun(run, morePages, _request);
    }

    /// <inheritdoc/>
    public void FreePages(PageNumber first, ulong pageCount)
    {
        FrameRange run = new(_firstFrame + (first - _firstPage), pageCount);
        KernelAssert.That(_frames->FreeRun(run) == FreeResult.Ok, "FramePageSource: the frames were not the heap's to free");
    }
}
