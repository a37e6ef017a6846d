using MemOS.Memory.Paging;

namespace MemOS.Memory.Tlb;

/// <summary>Chooses how a flush is carried out.</summary>
public static class FlushPlans
{
    /// <summary>Above so many pages, forgetting everything costs less than forgetting each: docs/decisions/0017.</summary>
    public const ulong MaxSinglePages = 32;

    /// <summary>The plan for <paramref name="pending"/>.</summary>
    /// <remarks>
    /// Invalidating any one page also drops what the processor holds of inner levels (Intel SDM vol. 3A, 4.10.4.1), so dropped
    /// tables need nothing of their own.
    /// </remarks>
    public static FlushPlan For(PendingFlush pending)
    {
        if (pending.IsNone) return FlushPlan.Nothing;
        if (!pending.IsEverything && pending.PageCount <= MaxSinglePages) return FlushPlan.EachPage;
        return pending.IncludesGlobal ? FlushPlan.Global : FlushPlan.AddressSpace;
    }
}
