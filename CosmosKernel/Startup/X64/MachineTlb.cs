using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The translation buffers of all processors: what is gone from tables is forgotten by each that uses them, see <see cref="Shootdown{TWords,TPeers,TInstructions}"/>.</summary>
public readonly unsafe struct MachineTlb : ITlb
{
    private static Shootdown<MachineWords, FlushPeers, CpuTlbInstructions> Shared => new(default, default, LocalTlb.Instructions);

    /// <summary>How many processors were woken.</summary>
    public static int ProcessorCount => CrossCalls.Count;

    /// <summary>What all processors asked and did; off by what is under way.</summary>
    public static TlbCounters Totals
    {
        get
        {
            TlbCounters totals = default;
            for (int number = 0; number < CrossCalls.Count; number++) totals.Add(in CountersOf(CpuId.FromTrusted(number)));
            return totals;
        }
    }

    /// <summary>What one processor asked and did.</summary>
    public static ref readonly TlbCounters CountersOf(CpuId cpu) => ref default(FlushPeers).Of(cpu.Value)->Counters;

    /// <summary>Begins with the processor that boots, which has loaded <paramref name="space"/>; false without memory.</summary>
    /// <param name="space">The kernel's space.</param>
    /// <param name="hasInvpcid">Whether processors have INVPCID.</param>
    public static bool TryStart(ulong space, bool hasInvpcid)
    {
        LocalTlb.Start(new CpuTlbInstructions(hasInvpcid));
        if (!TryPrepare(Cpu.CurrentArea(), space)) return false;
        Shared.Join();
        return true;
    }

    /// <summary>Gives a processor, which begins on the tables of <paramref name="space"/>, what it needs for flushes; false without memory.</summary>
    public static bool TryPrepare(ProcessorArea* area, ulong space)
    {
        int numbers = ProcessorState.UsesSpaceNumbers ? LoadedSpaces.NumbersUsed : 1;
        ProcessorTlb* record = (ProcessorTlb*)KernelMemory.Heap.AllocateAligned((nuint)sizeof(ProcessorTlb), ProcessorTlb.Alignment);
        byte* slots = KernelMemory.AllocateBlock((nuint)StructArray<SpaceSlot>.BytesFor(numbers));
        if (record == null || slots == null) return false;
        *record = default;
        record->Number = area->Number;
        record->Spaces = new LoadedSpaces(new StructArray<SpaceSlot>(slots, numbers), space, area->Number);
        area->Locals.Translations = record;
        return true;
    }

    /// <summary>The processor that runs this is asked from now on; it forgets what it may have learned before.</summary>
    public static void Join() => Shared.Join();

    /// <summary>Has calls and idle loops take part.</summary>
    internal static void ServeOthers() => CrossCalls.SetFlushes(&Serve, &Rest, &Wake);

    /// <inheritdoc/>
    public void Flush(PendingFlush pending)
    {
        if (CrossCalls.Count == 1)
        {
            default(LocalTlb).Flush(pending);
            return;
        }

        bool wereOn = Cpu.DisableInterrupts();
        Shared.FlushKernel(pending);
        Cpu.RestoreInterrupts(wereOn);
    }

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, PendingFlush pending) => Shared.Flush(ref space, pending);

    /// <inheritdoc/>
    public void Flush(ref SpaceTag space, in FlushBatch batch) => Shared.Flush(ref space, in batch);

    /// <inheritdoc/>
    public void Switch(PhysAddr root, ref SpaceTag space) => Shared.Switch(root, ref space);

    /// <inheritdoc/>
    public bool IsLoaded(in SpaceTag space) => space.IsInUse;

    private static void Serve() => Shared.Serve();

    private static void Wake() => Shared.Wake();

    // On the kernel's own tables, so that flushes of a space need not ask who only waits.
    private static void Rest()
    {
        if (!LocalTlb.Spaces.IsLoaded(KernelMemory.KernelSpaceId)) KernelMemory.Space.Load();
        Shared.Rest();
    }
}
