using Cosmos.Core;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>Has the other processors stand still, or give back what they keep for themselves, where that does no harm.</summary>
/// <remarks>
/// <para><b>Stop.</b> A processor stands still at the end of the interrupt that asks it to, wherever that came while interrupts were let through: it
/// holds no lock then, but may be in the midst of a fast path. It is said to stand <i>cleanly</i> where that cannot be: it was idle, ran a program, or
/// stopped by itself. While it stands it carries out calls. Who stops the others may take any lock, for none of them holds one, and must leave alone what
/// belongs to one that does not stand cleanly. A processor that waits for a lock does not stop there: who is behind it in the queue would wait with it,
/// and who holds the lock goes on and gives it back.</para>
/// <para><b>Drain.</b> What a processor keeps for itself only it gives back, and only between two operations: when it was interrupted in a
/// program or while idle, and by <see cref="Poll"/>.</para>
/// <para>No interrupt that asks for either comes on a stack of its own: the three that have one mask interrupts for as long as they use it.</para>
/// </remarks>
public static unsafe class SafePoints
{
    private const CosmosAddress InterruptsOn = 1 << 9;
    private const CosmosAddress PrivilegeMask = 3;
    private const int MostDrains = 4;

    private static int s_owner;
    private static int s_drainCount;
    private static DrainList s_drains;

    private struct DrainList
    {
        internal fixed ulong Targets[MostDrains];
    }

    /// <summary>Has <paramref name="target"/> called on each processor that is to give back what it keeps; not after the second processor was woken.</summary>
    /// <param name="target">Allocates nothing; no lock is held, interrupts are masked.</param>
    public static void AddDrain(delegate*<void> target)
    {
        KernelAssert.That(s_drainCount < MostDrains, "SafePoints: too many that can be asked to give back");
        s_drains.Targets[s_drainCount++] = (ulong)target;
    }

    /// <summary>Serves what other processors ask of this one, when it holds no lock: for the beginning of a slow way.</summary>
    /// <remarks>Cost: some 10 instructions when nothing is asked. What this processor keeps may be empty afterwards.</remarks>
    public static void Poll()
    {
        ProcessorArea* area = Cpu.CurrentArea();
        if (area->StopState != StopHandshake.Asked && area->DrainsAsked == area->DrainsDone) return;
        if (area->HeldRanks != 0) return;
        bool wereOn = Cpu.DisableInterrupts();
        ServeCleanly(area);
        Cpu.RestoreInterrupts(wereOn);
    }

    /// <summary>Has the other processors give back what they keep, as far as they come to a place for it in time; when a lock is held, nobody is asked.</summary>
    /// <returns>Whether all did.</returns>
    public static bool TryDrainOthers(uint limitMilliseconds = 10)
    {
        int self = Cpu.CurrentArea()->Number;
        if (Cpu.CurrentArea()->HeldRanks != 0) return false;
        CpuSet asked = CpuSet.Empty;
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            if (number == self || !CrossCalls.IsRunning(cpu)) continue;
            ProcessorArea* area = CrossCalls.AreaOf(cpu);
            DrainRequest.Ask(default(MachineWords), ref area->DrainsAsked);
            LocalApic.Send(area->ApicId, LocalApic.CallVector);
            asked = asked.With(cpu);
        }

        return TryAwaitDrains(asked, limitMilliseconds);
    }

    /// <summary>Has all other processors that run stand still.</summary>
    /// <remarks>
    /// Interrupts are masked and no lock is held; both stays so until <see cref="Release"/>, which is due after <see cref="StopOutcome.Stopped"/> only.
    /// </remarks>
    /// <param name="stuck">A processor that did not come within <paramref name="limitMilliseconds"/>.</param>
    /// <param name="limitMilliseconds">How long to wait.</param>
    public static StopOutcome TryStopOthers(out CpuId stuck, uint limitMilliseconds = 1000)
    {
        ProcessorArea* area = Cpu.CurrentArea();
        KernelAssert.That(area->HeldRanks == 0, "SafePoints: others are to stop while a lock is held");
        stuck = default;
        if (!StopHandshake.TryClaim(default(MachineWords), ref s_owner, area->Number))
        {
            AwaitOwner(area);
            return StopOutcome.Beaten;
        }

        if (TryAwaitParked(AskOthers(area->Number), limitMilliseconds, out stuck)) return StopOutcome.Stopped;
        Release();
        return StopOutcome.Stuck;
    }

    /// <summary>Lets them go on.</summary>
    public static void Release()
    {
        int self = Cpu.CurrentArea()->Number;
        KernelAssert.That(s_owner == self + 1, "SafePoints: the others are let go by one that did not stop them");
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            if (number == self) continue;
            ProcessorArea* area = CrossCalls.AreaOf(CpuId.FromTrusted(number));
            bool wasParked = StopHandshake.IsParked(default(MachineWords), ref area->StopState);
            StopHandshake.LetGo(default(MachineWords), ref area->StopState);
            if (wasParked) LocalApic.Send(area->ApicId, LocalApic.CallVector); // It may sleep.
        }

        StopHandshake.GiveUp(default(MachineWords), ref s_owner);
    }

    /// <summary>Whether <paramref name="cpu"/> stands still: to be asked by who stopped it.</summary>
    public static bool IsParked(CpuId cpu) => StopHandshake.IsParked(default(MachineWords), ref CrossCalls.AreaOf(cpu)->StopState);

    /// <summary>
    /// For a processor that has just said that it runs: waits where others are stopped, for who stops them may not have known of it. Either that
    /// one sees that it runs, or it sees here that it is stopped: both have made a step for all before they look.
    /// </summary>
    internal static void Begin() => AwaitOwner(Cpu.CurrentArea());

    /// <summary>Serves what is asked, at the end of an interrupt from another processor. Interrupts are masked.</summary>
    internal static void ServeInterrupt(ref INTs.IRQContext context)
    {
        ProcessorArea* area = Cpu.CurrentArea();
        if ((context.EFlags & InterruptsOn) == 0 || area->HeldRanks != 0 || area->IsStanding != 0) return;
        if (area->IsIdle != 0 || (context.CS & PrivilegeMask) != 0) ServeCleanly(area);
        else Park(area, isClean: false);
    }

    private static void ServeCleanly(ProcessorArea* area)
    {
        Drain(area);
        Park(area, isClean: true);
    }

    private static void Drain(ProcessorArea* area)
    {
        if (area->IsDraining != 0 || !DrainRequest.TryBegin(default(MachineWords), ref area->DrainsAsked, ref area->DrainsDone, out int request)) return;
        area->IsDraining = 1;
        for (int i = 0; i < s_drainCount; i++) ((delegate*<void>)s_drains.Targets[i])();
        area->IsDraining = 0;
        DrainRequest.End(default(MachineWords), ref area->DrainsDone, request);
    }

    private static void Park(ProcessorArea* area, bool isClean)
    {
        if (!StopHandshake.IsAsked(default(MachineWords), ref area->StopState)) return;
        area->IsClean = isClean ? (byte)1 : (byte)0;
        area->IsStanding = 1;
        Cpu.CallWithRegisters(&StandStill);
        area->IsStanding = 0;
    }

    private static void StandStill(CosmosAddress stackPointer)
    {
        ProcessorArea* area = Cpu.CurrentArea();
        area->ParkedStack = stackPointer;
        if (!StopHandshake.TryPark(default(MachineWords), ref area->StopState)) return;
        while (!StopHandshake.MayGo(default(MachineWords), ref area->StopState))
        {
            CrossCalls.Serve();
            Rest(area);
        }
    }

    // Devices interrupt the boot processor alone: what their handlers store while others collect could be missed. Others may sleep.
    private static void Rest(ProcessorArea* area)
    {
        if (area->Number == 0)
        {
            Cpu.Pause();
            return;
        }

        Cpu.WaitForInterrupt();
        Cpu.DisableInterrupts();
    }

    private static CpuSet AskOthers(int self)
    {
        CpuSet asked = CpuSet.Empty;
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            if (number == self || !CrossCalls.IsRunning(cpu)) continue;
            ProcessorArea* area = CrossCalls.AreaOf(cpu);
            StopHandshake.Ask(default(MachineWords), ref area->StopState);
            LocalApic.Send(area->ApicId, LocalApic.CallVector);
            asked = asked.With(cpu);
        }

        return asked;
    }

    private static bool TryAwaitParked(CpuSet cpus, uint limitMilliseconds, out CpuId stuck)
    {
        ulong limit = Clock.Frequency / 1000 * limitMilliseconds;
        ulong start = Clock.Ticks;
        while (cpus.TryFirst(out stuck))
        {
            if (IsParked(stuck))
            {
                cpus = cpus.Without(stuck);
                continue;
            }

            if (Clock.Ticks - start > limit) return false;
            CrossCalls.Serve();
            Cpu.Pause();
        }

        return true;
    }

    private static bool TryAwaitDrains(CpuSet cpus, uint limitMilliseconds)
    {
        ulong limit = Clock.Frequency / 1000 * limitMilliseconds;
        ulong start = Clock.Ticks;
        while (cpus.TryFirst(out CpuId cpu))
        {
            ProcessorArea* area = CrossCalls.AreaOf(cpu);
            if (DrainRequest.IsDone(default(MachineWords), ref area->DrainsAsked, ref area->DrainsDone))
            {
                cpus = cpus.Without(cpu);
                continue;
            }

            if (Clock.Ticks - start > limit) return false;
            ServeWhileWaiting();
        }

        return true;
    }

    private static void ServeWhileWaiting()
    {
        bool wereOn = Cpu.DisableInterrupts();
        CrossCalls.Serve();
        ServeCleanly(Cpu.CurrentArea());
        Cpu.RestoreInterrupts(wereOn);
        Cpu.Pause();
    }

    // Another processor stops this one just now, and may collect for long.
    private static void AwaitOwner(ProcessorArea* area)
    {
        int owner = default(MachineWords).Read(ref s_owner);
        while (owner != 0 && default(MachineWords).Read(ref s_owner) == owner)
        {
            CrossCalls.Serve();
            ServeCleanly(area);
            Cpu.Pause();
        }
    }
}
