using System.Runtime.CompilerServices;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>Turns flushes into instructions of one processor.</summary>
public static class FlushDriver
{
    /// <summary>Returns when the processor uses nothing any more that <paramref name="pending"/> names, of the tables that it has loaded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Carry<TInstructions>(TInstructions instructions, PendingFlush pending)
        where TInstructions : struct, ITlbInstructions
    {
        // Most are one page.
        if (pending.PageCount == 1) instructions.InvalidatePage(pending.Start);
        else if (!pending.IsNone) CarryOther(instructions, pending);
    }

    /// <summary>The same for all that was gathered in <paramref name="batch"/>.</summary>
    public static void Carry<TInstructions>(TInstructions instructions, in FlushBatch batch)
        where TInstructions : struct, ITlbInstructions
    {
        CarryWhole(instructions, batch.Plan);
        for (int page = 0; page < batch.PageCount; page++) instructions.InvalidatePage(batch.PageAt(page));
    }

    private static void CarryOther<TInstructions>(TInstructions instructions, PendingFlush pending)
        where TInstructions : struct, ITlbInstructions
    {
        FlushPlan plan = FlushPlans.For(pending);
        if (plan != FlushPlan.EachPage)
        {
            CarryWhole(instructions, plan);
            return;
        }

        ulong at = pending.Start.Value;
        for (ulong page = 0; page < pending.PageCount; page++)
        {
            instructions.InvalidatePage(VirtAddr.FromTrusted(at));
            at = unchecked(at + pending.PageSizeBytes);
        }
    }

    private static void CarryWhole<TInstructions>(TInstructions instructions, FlushPlan plan)
        where TInstructions : struct, ITlbInstructions
    {
        if (plan == FlushPlan.AddressSpace) instructions.InvalidateLoaded();
        if (plan == FlushPlan.Global) instructions.InvalidateAll();
    }
}
