using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>The translation buffers of the processor that runs this: the driver that turns flushes into instructions.</summary>
public readonly struct LocalTlb : ITlb
{
    private const uint GlobalPages = 1U << 7;

    /// <inheritdoc/>
    public void Flush(PendingFlush pending)
    {
        switch (FlushPlans.For(pending))
        {
            case FlushPlan.Nothing: return;
            case FlushPlan.EachPage: FlushPages(pending); return;
            case FlushPlan.AddressSpace: Cpu.WriteCr3(Cpu.ReadCr3()); return;
            default: FlushAll(); return;
        }
    }

    private static void FlushPages(PendingFlush pending)
    {
        ulong at = pending.Start.Value;
        for (ulong page = 0; page < pending.PageCount; page++)
        {
            Cpu.InvalidatePage(VirtAddr.FromTrusted(at));
            at = unchecked(at + pending.PageSizeBytes);
        }
    }

    // Global translations survive a load of CR3, but not a change of CR4.PGE (Intel SDM vol. 3A, 4.10.4.1).
    private static void FlushAll()
    {
        CosmosAddress cr4 = Cpu.ReadCr4();
        if ((cr4 & GlobalPages) == 0)
        {
            Cpu.WriteCr3(Cpu.ReadCr3());
            return;
        }

        Cpu.WriteCr4(cr4 ^ GlobalPages);
        Cpu.WriteCr4(cr4);
    }
}
