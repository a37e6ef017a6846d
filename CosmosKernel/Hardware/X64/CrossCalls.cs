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
    private const ulong FindNanoseconds = 1_000_000_000; // Nobody waits for what comes after.

    private static ProcessorArea** s_areas;
    private static int s_count = 1;
    private static int s_isCalling;
    private static delegate*<void> s_serveFlushes;
    private static delegate*<void> s_rest;
    private static delegate*<void> s_wake;
    private static delegate*<bool> s_runThread;
    private static delegate*<bool> s_runProgram;

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

    /// <summary>Carries out the flushes and the call that this processor was asked for, if there are any. Interrupts are masked.</summary>
    public static void Serve()
    {
        if (s_serveFlushes != null) s_serveFlushes();
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

    /// <summary>Asks a processor that does not answer where it is, by an interrupt that cannot be masked; false when it does not say so either.</summary>
    /// <remarks>For a report on the way out: what it interrupts may be in no state to be interrupted.</remarks>
    public static bool TryFind(CpuId cpu, out VirtAddr place)
    {
        ProcessorArea* area = AreaOf(cpu);
        Volatile.Write(ref area->Whereabouts, ProcessorArea.IsAskedWhere);
        LocalApic.SendNonMaskable(area->ApicId);
        ulong start = Clock.Nanoseconds;
        while (Volatile.Read(ref area->Whereabouts) == ProcessorArea.IsAskedWhere && Clock.Nanoseconds - start < FindNanoseconds) Cpu.Pause();
        place = VirtAddr.FromTrusted(area->Whereabouts);
        return area->Whereabouts != ProcessorArea.IsAskedWhere;
    }

    /// <summary>Says who serves flushes of what processors hold of tables, and who is told that one rests until the next interrupt, and that it woke.</summary>
    internal static void SetFlushes(delegate*<void> serve, delegate*<void> rest, delegate*<void> wake)
    {
        s_rest = rest;
        s_wake = wake;
        s_serveFlushes = serve;
    }

    /// <summary>What a processor does for ever that has nothing else to do.</summary>
    internal static void WaitForWork()
    {
        ProcessorArea* area = Cpu.CurrentArea();
        SafePoints.Begin();
        while (true)
        {
            Cpu.DisableInterrupts();
            s_wake();
            Serve();
            SafePoints.Poll();
            nuint target = Volatile.Read(ref area->WorkTarget);
            if (target == 0)
            {
                // Said before the look: who has a thread to run looks here after that is to be seen.
                area->IsIdle = 1;
                Interlocked.MemoryBarrier();
                bool hasRun = s_runThread != null && s_runThread();
                if (s_runProgram != null && s_runProgram()) hasRun = true;
                if (!hasRun) Sleep();
                area->IsIdle = 0;
                continue;
            }

            Cpu.EnableInterrupts();
            ((delegate*<CosmosAddress, void>)target)(area->WorkArgument);
            Volatile.Write(ref area->WorkTarget, 0);
        }
    }

    /// <summary>Says what runs the next thread on a processor that has nothing else to do, if there is one; interrupts are masked before and after.</summary>
    internal static void SetThreads(delegate*<bool> runThread) => s_runThread = runThread;

    /// <summary>
    /// Says what runs a program for a while on a processor that has nothing else to do, if there is one; interrupts are masked before and after. A
    /// processor for which there is one later is to be interrupted, after that can be seen.
    /// </summary>
    internal static void SetPrograms(delegate*<bool> runProgram) => s_runProgram = runProgram;

    private static void Sleep()
    {
        s_rest();
        Cpu.WaitForInterrupt();
    }

    /// <summary>Says where the areas of the processors lie; those of the first <paramref name="count"/> exist.</summary>
    internal static void SetAreas(ProcessorArea** areas, int count)
    {
        s_areas = areas;
        Volatile.Write(ref s_count, count);
    }

    /// <summary>Serves an interrupt that another processor sent, or this one's timer.</summary>
    internal static void Interrupt(ref INTs.IRQContext context)
    {
        bool isTick = context.Interrupt == LocalApic.TimerVector;
        if (context.Interrupt != LocalApic.CallVector && !isTick) return; // A spurious one is not acknowledged (11.9).
        s_wake();
        if (isTick) ProcessorTimer.Tick();
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
            Serve(); // Flushes: the one that is waited for may wait for this processor.
            Cpu.Pause();
        }

        return true;
    }
}
