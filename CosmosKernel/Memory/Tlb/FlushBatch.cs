using MemOS.Collections;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>Flushes gathered to be carried out together: page by page while they are few, all at once from then on.</summary>
/// <remarks>
/// Unlike <see cref="PendingFlush.And"/> it does not fill the space between pages that lie far apart. It must be carried out as a
/// PendingFlush must; a batch with nothing in it costs nothing.
/// </remarks>
public struct FlushBatch
{
    private AddressBatch _pages;
    private bool _isEverything;
    private bool _includesGlobal;

    /// <summary>How it is carried out.</summary>
    public readonly FlushPlan Plan
    {
        get
        {
            if (_isEverything) return _includesGlobal ? FlushPlan.Global : FlushPlan.AddressSpace;
            return _pages.Count != 0 ? FlushPlan.EachPage : FlushPlan.Nothing;
        }
    }

    /// <summary>Whether page tables went out of use, so that what processors hold of inner levels must go too.</summary>
    public bool DropsTables { readonly get; private set; }

    /// <summary>Whether translations that are the same in all address spaces are meant too.</summary>
    public readonly bool IncludesGlobal => _includesGlobal;

    /// <summary>The pages, one address in each, for <see cref="FlushPlan.EachPage"/>.</summary>
    public readonly int PageCount => _isEverything ? 0 : _pages.Count;

    /// <summary>An address in page number <paramref name="index"/>, from 0.</summary>
    public readonly VirtAddr PageAt(int index) => _pages[index];

    /// <summary>Adds the page, of whatever size, that <paramref name="address"/> lies in.</summary>
    internal void AddPage(VirtAddr address, FlushScope scope)
    {
        _includesGlobal |= scope == FlushScope.Global;
        _isEverything |= _pages.Count == (int)FlushPlans.MaxSinglePages;
        if (!_isEverything) _pages.Add(address);
    }

    /// <summary>Adds what <paramref name="pending"/> asks for.</summary>
    public void Add(PendingFlush pending)
    {
        if (pending.IsNone) return;
        _includesGlobal |= pending.IncludesGlobal;
        DropsTables |= pending.DropsTables;
        ulong room = FlushPlans.MaxSinglePages - (ulong)(uint)_pages.Count;
        _isEverything |= pending.IsEverything || pending.PageCount > room;
        if (_isEverything) return;

        ulong at = pending.Start.Value;
        for (ulong page = 0; page < pending.PageCount; page++)
        {
            _pages.Add(VirtAddr.FromTrusted(at));
            at = unchecked(at + pending.PageSizeBytes);
        }
    }
}
