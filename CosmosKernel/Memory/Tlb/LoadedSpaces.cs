using MemOS.Collections;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>Which address spaces one processor holds translations of, and under which numbers.</summary>
/// <remarks>
/// <para>
/// <b>Numbers.</b> A processor with PCIDs keeps what it knows of several address spaces apart by a number in CR3 and need not forget one
/// when it goes over to another. Each slot here is such a number. A space that has none is given the next in turn, and what
/// was held under that is forgotten as it is loaded. Without PCIDs there is one slot, and every switch forgets.
/// </para>
/// <para>
/// <b>Lazy flushes.</b> A change in a space that this processor has not loaded costs no instruction here: the space counts its
/// flushes (<see cref="SpaceTag.Generation"/>), the slot knows the count it has seen, and when they differ at the next switch what is held
/// is forgotten by the load itself.
/// </para>
/// <para>
/// <b>The kernel's half.</b> Its pages are global: INVLPG forgets them under every number. What is held of its inner tables is not:
/// that is forgotten under the loaded number only (Intel SDM vol. 3A, 4.10.4.1). So a kernel table that goes out of use is counted
/// like a flush, by <c>_kernelGeneration</c>, and the other numbers are caught up with when they are loaded; until then the processor
/// does not use what it holds under them.
/// </para>
/// <para>
/// <b>Invariants.</b> (I1) Under the loaded number nothing is held that a flush returned before has named. (I2) A slot whose counts equal its
/// space's and the kernel's has nothing stale. <b>Locking.</b> None: it is this processor's own. <b>Cost.</b> A switch looks through the slots.
/// </para>
/// </remarks>
public struct LoadedSpaces
{
    private readonly StructArray<SpaceSlot> _slots;
    private int _loaded;
    private int _next;
    private ulong _kernelGeneration;

    /// <summary>A processor that has loaded <paramref name="space"/> under number 0 and holds nothing of others.</summary>
    /// <param name="slots">One for each number to use: a single one where the processor has no PCIDs.</param>
    /// <param name="space">The space that is loaded.</param>
    public LoadedSpaces(StructArray<SpaceSlot> slots, in SpaceTag space)
    {
        KernelAssert.That(slots.Count > 0, "LoadedSpaces: no number");
        _slots = slots;
        _loaded = 0;
        _next = 0;
        _kernelGeneration = 0;
        SwitchCount = 0;
        KeptCount = 0;
        Take(0, in space);
    }

    /// <summary>How many address spaces are kept apart.</summary>
    public readonly int NumberCount => _slots.Count;

    /// <summary>How many switches there were.</summary>
    public ulong SwitchCount { readonly get; private set; }

    /// <summary>How many of them found what was held of the space still right, and kept it.</summary>
    public ulong KeptCount { readonly get; private set; }

    /// <summary>Whether <paramref name="space"/> is loaded.</summary>
    public readonly bool IsLoaded(in SpaceTag space) => _slots[_loaded].IsUsed && _slots[_loaded].Id == space.Id;

    /// <summary>Goes over to the tables under <paramref name="root"/>; says what became of what was held of them.</summary>
    public HeldTranslations Switch<TInstructions>(TInstructions instructions, PhysAddr root, in SpaceTag space)
        where TInstructions : struct, ITlbInstructions
    {
        HeldTranslations held = HeldTranslations.Forgotten;
        if (TryFind(space.Id, out int number))
        {
            SpaceSlot slot = _slots[number];
            bool isCurrent = slot.Generation == space.Generation && slot.KernelGeneration == _kernelGeneration;
            if (isCurrent && _slots.Count > 1) held = HeldTranslations.Kept;
        }
        else
        {
            number = _next;
        }

        SwitchCount++;
        if (held == HeldTranslations.Kept) KeptCount++;
        instructions.LoadRoot(root, number, held);
        Take(number, in space);
        _loaded = number;
        return held;
    }

    /// <summary>Carries out a flush of a space's own half: now when it is loaded, else when it is loaded next.</summary>
    public void Flush<TInstructions>(TInstructions instructions, ref SpaceTag space, PendingFlush pending)
        where TInstructions : struct, ITlbInstructions
    {
        if (pending.IsNone) return;
        bool isCaughtUp = CountFlush(ref space);
        if (!IsLoaded(in space)) return;
        FlushDriver.Carry(instructions, pending);
        if (isCaughtUp) _slots[_loaded].Generation = space.Generation;
    }

    /// <summary>The same for all that was gathered in <paramref name="batch"/>.</summary>
    public void Flush<TInstructions>(TInstructions instructions, ref SpaceTag space, in FlushBatch batch)
        where TInstructions : struct, ITlbInstructions
    {
        if (batch.Plan == FlushPlan.Nothing) return;
        bool isCaughtUp = CountFlush(ref space);
        if (!IsLoaded(in space)) return;
        FlushDriver.Carry(instructions, in batch);
        if (isCaughtUp) _slots[_loaded].Generation = space.Generation;
    }

    /// <summary>Carries out a flush of the kernel's half, which every space has.</summary>
    public void FlushKernel<TInstructions>(TInstructions instructions, PendingFlush pending)
        where TInstructions : struct, ITlbInstructions
    {
        FlushDriver.Carry(instructions, pending);
        if (pending.DropsTables) CountKernelTables();
    }

    /// <summary>The same for all that was gathered in <paramref name="batch"/>.</summary>
    public void FlushKernel<TInstructions>(TInstructions instructions, in FlushBatch batch)
        where TInstructions : struct, ITlbInstructions
    {
        FlushDriver.Carry(instructions, in batch);
        if (batch.DropsTables) CountKernelTables();
    }

    // Whether the loaded slot had seen all flushes before this one.
    private readonly bool CountFlush(ref SpaceTag space)
    {
        bool isCaughtUp = _slots[_loaded].Generation == space.Generation;
        space.CountFlush();
        return isCaughtUp;
    }

    private void CountKernelTables()
    {
        _kernelGeneration++;
        _slots[_loaded].KernelGeneration = _kernelGeneration;
    }

    private readonly bool TryFind(ulong id, out int number)
    {
        for (number = 0; number < _slots.Count; number++)
        {
            if (_slots[number].IsUsed && _slots[number].Id == id) return true;
        }

        return false;
    }

    private void Take(int number, in SpaceTag space)
    {
        if (number == _next) _next = number + 1 < _slots.Count ? number + 1 : 0;
        ref SpaceSlot slot = ref _slots[number];
        slot.Id = space.Id;
        slot.Generation = space.Generation;
        slot.KernelGeneration = _kernelGeneration;
        slot.IsUsed = true;
    }
}
