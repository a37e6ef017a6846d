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
/// <b>Flushes of several processors.</b> Each flush of a space has its number, the count after it. One that has this number and finds the slot at
/// the count before it brings the slot up to it. One that finds less, because another flush of the space is on its way here, forgets all of the
/// space, which covers that one too; one that finds its own number or more has been covered.
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
    /// <summary>How many numbers to use of the 4096 that PCIDs are: a switch looks through them, and a buffer has not room for more spaces.</summary>
    public const int NumbersUsed = 8;

    private const int ProcessorShift = 48;

    private readonly StructArray<SpaceSlot> _slots;
    private int _loaded;
    private int _next;
    private ulong _kernelGeneration;
    private ulong _kernelFlushes;

    /// <summary>A processor that has loaded <paramref name="space"/> under number 0 and holds nothing of others.</summary>
    /// <param name="slots">One for each number to use: a single one where the processor has no PCIDs.</param>
    /// <param name="space">The number of the space that is loaded, which has seen no flush.</param>
    /// <param name="processor">The processor's number.</param>
    public LoadedSpaces(StructArray<SpaceSlot> slots, ulong space, int processor)
    {
        KernelAssert.That(slots.Count > 0, "LoadedSpaces: no number");
        this = default;
        _slots = slots;
        LastSwitch = (ulong)(uint)processor << ProcessorShift;
        Take(0, space, 0);
    }

    /// <summary>How many address spaces are kept apart.</summary>
    public readonly int NumberCount => _slots.Count;

    /// <summary>The last switch: a number that no other switch has, on whatever processor.</summary>
    public ulong LastSwitch { readonly get; private set; }

    /// <summary>How many switches found what was held of the space still right, and kept it.</summary>
    public ulong KeptCount { readonly get; private set; }

    /// <summary>Whether the space of this number is loaded.</summary>
    public readonly bool IsLoaded(ulong space) => _slots[_loaded].IsUsed && _slots[_loaded].Id == space;

    /// <summary>Goes over to the tables under <paramref name="root"/>; says what became of what was held of them.</summary>
    /// <param name="instructions">The processor's.</param>
    /// <param name="root">The root table.</param>
    /// <param name="space">The space's number.</param>
    /// <param name="generation">How many flushes of the space there were.</param>
    public HeldTranslations Switch<TInstructions>(TInstructions instructions, PhysAddr root, ulong space, ulong generation)
        where TInstructions : struct, ITlbInstructions
    {
        HeldTranslations held = HeldTranslations.Forgotten;
        if (TryFind(space, out int number))
        {
            SpaceSlot slot = _slots[number];
            bool isCurrent = slot.Generation == generation && slot.KernelGeneration == _kernelGeneration;
            if (isCurrent && _slots.Count > 1) held = HeldTranslations.Kept;
        }
        else
        {
            number = _next;
        }

        LastSwitch++;
        if (held == HeldTranslations.Kept) KeptCount++;
        instructions.LoadRoot(root, number, held);
        Take(number, space, generation);
        _loaded = number;
        return held;
    }

    /// <summary>Carries out a flush of a space's own half: now when it is loaded, else when it is loaded next.</summary>
    /// <param name="instructions">The processor's.</param>
    /// <param name="space">The space's number.</param>
    /// <param name="generation">Which flush of the space it is.</param>
    /// <param name="pending">What is to be forgotten.</param>
    public void Flush<TInstructions>(TInstructions instructions, ulong space, ulong generation, PendingFlush pending)
        where TInstructions : struct, ITlbInstructions
    {
        FlushNeed need = Accept(space, generation);
        if (need == FlushNeed.Named) FlushDriver.Carry(instructions, pending);
        else if (need == FlushNeed.Everything) instructions.InvalidateLoaded();
    }

    /// <summary>The same for all that was gathered in <paramref name="batch"/>.</summary>
    public void Flush<TInstructions>(TInstructions instructions, ulong space, ulong generation, in FlushBatch batch)
        where TInstructions : struct, ITlbInstructions
    {
        FlushNeed need = Accept(space, generation);
        if (need == FlushNeed.Named) FlushDriver.Carry(instructions, in batch);
        else if (need == FlushNeed.Everything) instructions.InvalidateLoaded();
    }

    /// <summary>Carries out flush <paramref name="generation"/> of the kernel's half.</summary>
    internal void FlushKernel<TInstructions>(TInstructions instructions, ulong generation, PendingFlush pending)
        where TInstructions : struct, ITlbInstructions
    {
        FlushNeed need = AcceptKernel(generation);
        if (need == FlushNeed.Named) FlushKernel(instructions, pending);
        else if (need == FlushNeed.Everything) instructions.InvalidateAll();
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

    /// <summary>What is to be forgotten so that the slot has seen flush <paramref name="generation"/> of the space, as which it counts at once.</summary>
    internal FlushNeed Accept(ulong space, ulong generation)
    {
        if (!IsLoaded(space)) return FlushNeed.Nothing;
        ref ulong seen = ref _slots[_loaded].Generation;
        if (seen >= generation) return FlushNeed.Nothing;
        bool isNext = seen + 1 == generation;
        seen = generation;
        return isNext ? FlushNeed.Named : FlushNeed.Everything;
    }

    /// <summary>The same for flush <paramref name="generation"/> of the kernel's half.</summary>
    internal FlushNeed AcceptKernel(ulong generation)
    {
        if (_kernelFlushes >= generation) return FlushNeed.Nothing;
        bool isNext = _kernelFlushes + 1 == generation;
        _kernelFlushes = generation;
        return isNext ? FlushNeed.Named : FlushNeed.Everything;
    }

    /// <summary>Whether all of the first <paramref name="count"/> flushes of the kernel's half were carried out here.</summary>
    internal readonly bool HasSeenKernel(ulong count) => _kernelFlushes >= count;

    /// <summary>Other numbers than the loaded one may hold ways to a table of the kernel's half that went out of use.</summary>
    internal void CountKernelTables()
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

    private void Take(int number, ulong space, ulong generation)
    {
        if (number == _next) _next = number + 1 < _slots.Count ? number + 1 : 0;
        ref SpaceSlot slot = ref _slots[number];
        slot.Id = space;
        slot.Generation = generation;
        slot.KernelGeneration = _kernelGeneration;
        slot.IsUsed = true;
    }
}
