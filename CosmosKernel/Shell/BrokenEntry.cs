using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>An entry of the live page tables that has a bit set which must be 0, on purpose, until it is mended.</summary>
/// <remarks>Whoever makes one keeps interrupts masked until then: nobody else is to use or change the entry.</remarks>
public readonly struct BrokenEntry
{
    private readonly PhysAddr _slot;
    private readonly ulong _sound;

    private BrokenEntry(VirtAddr address, PhysAddr slot, ulong broken)
    {
        Address = address;
        _slot = slot;
        _sound = default(DirectMap).ReadWord(slot);
        default(DirectMap).WriteWord(slot, broken);
        default(MachineTlb).Flush(PendingFlush.Page(address, PageNumber.Shift, FlushScope.Global));
    }

    /// <summary>An address whose walk ends at the entry.</summary>
    public VirtAddr Address { get; }

    /// <summary>An entry of the root, in the half that the kernel does not use, which says that it maps a page (Intel SDM vol. 3A, tables 4-14 and 4-15).</summary>
    public static BrokenEntry OfRoot()
    {
        const ulong PresentPage = (1UL << 0) | (1UL << 7);
        LiveFormat format = default;
        VirtAddr address = VirtAddr.FromTrusted(1UL << (format.PageShift + ((format.LevelCount - 1) * format.IndexBits)));
        return new BrokenEntry(address, KernelMemory.Space.Root + (1UL << format.EntryShift), PresentPage);
    }

    /// <summary>The entry of a mapped page, with an address that is wider than the machine's.</summary>
    /// <param name="page">The page's first byte.</param>
    /// <param name="physicalBits">The width of the machine's physical addresses, less than the format's.</param>
    public static BrokenEntry OfPage(VirtAddr page, int physicalBits)
    {
        LastStep last = default;
        KernelMemory.Space.Walker.Explain(page, ref last);
        PhysAddr slot = last.Step.Table + ((ulong)(uint)last.Step.Index << default(LiveFormat).EntryShift);
        return new BrokenEntry(page, slot, last.Step.Entry | (1UL << physicalBits));
    }

    /// <summary>Makes the entry what it was. The processor keeps nothing of one with a reserved bit (4.10.2.3).</summary>
    public void Mend() => default(DirectMap).WriteWord(_slot, _sound);

    private struct LastStep : IWalkStepVisitor
    {
        internal WalkStep Step;

        public void Visit(in WalkStep step) => Step = step;
    }
}
