using System.Threading;
using Cosmos.Core;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>Has other processors run something, at once or when they have nothing else to do.</summary>
/// <remarks>
/// <para>
/// A <b>call</b> is carried out by an interrupt, or, where those are masked, in the loops in which a processor waits for a lock or for others:
/// so it may come between any two instructions, and takes no lock and no memory. There is one caller at a time. <b>Work</b> is run by a
/// processor that has nothing to do, with interrupts let through; it may do all that the boot processor may.
/// </para>
/// <para>
/// A processor posts the argument before the function, and the other clears the function when it is done; x86 keeps stores in order.
/// </para>
/// </remarks>
public static unsafe class CrossCalls
{
    private static ProcessorArea** s_areas;
    private static int s_count = 1;
    private static int s_isCalling;

    /// <summary>How many processors were woken, the boot processor counted.</summary>
    public static int Count => s_count;

    /// <summary>What <paramref name="cpu"/> has by GS; it was woken.</summary>
    public static ProcessorArea* AreaOf(CpuId cpu)
    {
        KernelAssert.That(cpu.Value < s_count, "CrossCalls: no such CPU");
        return s_areas == null ? Cpu.CurrentArea() : s_areas[cpu.Value];
    }

    /// <summary>Whether <paramref name="cpu"/> runs the kernel.</summary>
    public static bool IsRunning(CpuId cpu) => cpu.Value == 0 || Volatile.Read(ref AreaOf(cpu)->Phase) == (int)ProcessorPhase.Running;

    /// <summary>The processor that runs this.</summary>
    public static CpuId Current => CpuId.FromTrusted(Cpu.CurrentArea()->Number);

    /// <summary>Carries out the call that this processor was asked for, if there is one. Interrupts are masked.</summary>
    public static void Serve()
    {
        ProcessorArea* area = Cpu.CurrentArea();
        nuint target = Volatile.Read(ref area->CallTarget);
        if (target == 0) return;
        ((delegate*<CosmosAddress, void>)target)(area->CallArgument);
        area->CallsServed++;
        Volatile.Write(ref area->CallTarget, 0);
    }

    /// <summary>Has all processors of <paramref name="cpus"/> that run, but this one, call <paramref name="target"/>; returns when they have.</summary>
    /// <param name="cpus">Whom.</param>
    /// <param name="target">Takes no lock and no memory, and does not throw.</param>
    /// <param name="argument">Handed to it.</param>
    /// <param name="stuck">A processor that did not come within <paramref name="limitMilliseconds"/>, when the result is false.</param>
    /// <param name="limitMilliseconds">How long to wait.</param>
    public static bool TryCall(CpuSet cpus, delegate*<CosmosAddress, void> target, CosmosAddress argument, out CpuId stuck, uint limitMilliseconds = 2000)
    {
        bool wereOn = Cpu.DisableInterrupts();
        TakeTurn();
        CpuSet asked = Post(cpus.Without(Current), target, argument);
        bool hasEnded = TryAwait(asked, limitMilliseconds, out stuck);
        Volatile.Write(ref s_isCalling, 0);
        Cpu.RestoreInterrupts(wereOn);
        return hasEnded;
    }

    /// <summary>Gives work to a processor that runs and has none; false when it has.</summary>
    public static bool TryStartWork(CpuId cpu, delegate*<CosmosAddress, void> target, CosmosAddress argument)
    {
        ProcessorArea* area = AreaOf(cpu);
        if (!IsRunning(cpu) || Volatile.Read(ref area->WorkTarget) != 0) return false;
        area->WorkArgument = argument;
        Volatile.Write(ref area->WorkTarget, (nuint)target);
        LocalApic.Send(area->ApicId, LocalApic.CallVector);
        return true;
    }

    /// <summary>Whether <paramref name="cpu"/> has work.</summary>
    public static bool HasWork(CpuId cpu) => Volatile.Read(ref AreaOf(cpu)->WorkTarget) != 0;

    /// <summary>What a processor does for ever that has nothing else to do.</summary>
    internal static void WaitForWork()
    {
        ProcessorArea* area = Cpu.CurrentArea();
        SafePoints.Begin();
        while (true)
        {
            Cpu.DisableInterrupts();
            Serve();
            SafePoints.Poll();
            nuint target = Volatile.Read(ref area->WorkTarget);
            if (target == 0)
            {
                area->IsIdle = 1;
                Cpu.WaitForInterrupt();
                area->IsIdle = 0;
                continue;
            }

            Cpu.EnableInterrupts();
            ((delegate*<CosmosAddress, void>)target)(area->WorkArgument);
            Volatile.Write(ref area->WorkTarget, 0);
        }
    }

    /// <summary>Says where the areas of the processors lie; those of the first <paramref name="count"/> exist.</summary>
    internal static void SetAreas(ProcessorArea** areas, int count)
    {
        s_areas = areas;
        Volatile.Write(ref s_count, count);
    }

    /// <summary>Serves an interrupt that another processor sent.</summary>
    internal static void Interrupt(ref INTs.IRQContext context)
    {
        if (context.Interrupt != LocalApic.CallVector) return; // A spurious one is not acknowledged (11.9).
        Serve();
        LocalApic.EndOfInterrupt();
        SafePoints.ServeInterrupt(ref context);
    }

    private static void TakeTurn()
    {
        while (Interlocked.CompareExchange(ref s_isCalling, 1, 0) != 0)
        {
            Serve();
            Cpu.Pause();
        }
    }

    private static CpuSet Post(CpuSet cpus, delegate*<CosmosAddress, void> target, CosmosAddress argument)
    {
        CpuSet asked = CpuSet.Empty;
        for (int number = 0; number < s_count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            if (!cpus.Contains(cpu) || !IsRunning(cpu)) continue;
            ProcessorArea* area = AreaOf(cpu);
            area->CallArgument = argument;
            Volatile.Write(ref area->CallTarget, (nuint)target);
            LocalApic.Send(area->ApicId, LocalApic.CallVector);
            asked = asked.With(cpu);
        }

        return asked;
    }

    private static bool TryAwait(CpuSet cpus, uint limitMilliseconds, out CpuId stuck)
    {
        ulong limit = Clock.Frequency / 1000 * limitMilliseconds;
        ulong start = Clock.Ticks;
        while (cpus.TryFirst(out stuck))
        {
            if (Volatile.Read(ref AreaOf(stuck)->CallTarget) == 0)
            {
                cpus = cpus.Without(stuck);
                continue;
            }

            if (Clock.Ticks - start > limit) return false;
            Cpu.Pause();
        }

        return true;
    }
}
