using System.Threading;
using Cosmos.Core;
using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>Wakes the other processors, and says what became of each.</summary>
/// <remarks>
/// Each gets an area, tables and stacks of its own before it is woken: what it runs first takes no memory. One that does not answer within a
/// second keeps what it was given, in case that it comes late, and is left out.
/// </remarks>
public static unsafe class Processors
{
    private const ulong StackPages = 16;
    private const ulong InterruptStackPages = 4;
    private const ulong InitializationNanoseconds = 10_000_000; // MultiProcessor Specification 1.4, B.4
    private const ulong StartupNanoseconds = 200_000;
    private const ulong AnswerNanoseconds = 1_000_000_000;

    private static ProcessorArea** s_areas;
    private static ProcessorObstacle s_obstacle;
    private static bool s_isStarted;

    /// <summary>Why there are not as many as are wanted.</summary>
    public static ProcessorObstacle Obstacle => s_isStarted ? s_obstacle : ProcessorObstacle.NotTried;

    /// <summary>How many processors are woken at most: what <c>cpus=</c> says, and what there are.</summary>
    public static int Wanted
    {
        get
        {
            int limit = KernelMemory.CommandLine.CpuCount;
            int count = KernelMemory.Processors.Count;
            return limit == 0 || limit > count ? count : limit;
        }
    }

    /// <summary>How many processors run.</summary>
    public static int RunningCount
    {
        get
        {
            int count = 0;
            for (int number = 0; number < CrossCalls.Count; number++)
            {
                if (CrossCalls.IsRunning(CpuId.FromTrusted(number))) count++;
            }

            return count;
        }
    }

    /// <summary>Wakes them, once.</summary>
    public static void Start()
    {
        if (s_isStarted) return;
        s_isStarted = true;
        Cpu.CurrentArea()->ApicId = ProcessorState.ApicId;
        Cpu.CurrentArea()->Phase = (int)ProcessorPhase.Running;
        if (KernelThreads.TryAddProcessor(Cpu.CurrentArea())) CrossCalls.SetThreads(&KernelThreads.TryRunNext);
        s_obstacle = Prepare();
        for (int number = 1; number < Wanted && s_obstacle == ProcessorObstacle.None; number++)
        {
            if (!TryWake(CpuId.FromTrusted(number))) s_obstacle = ProcessorObstacle.NoMemory;
        }
    }

    private static ProcessorObstacle Prepare()
    {
        if (!ProcessorState.Features.Has(CpuFeature.Apic)) return ProcessorObstacle.NoApic;
        if (KernelMemory.Processors.Fault != AcpiFault.None) return ProcessorObstacle.NoList;
        if (!TryUseApic()) return ProcessorObstacle.SilentApic;
        MachineTlb.ServeOthers();
        Interrupts.SetProcessorHandler(&CrossCalls.Interrupt);
        if (Wanted == 1) return ProcessorObstacle.None;
        LocalApic.MeasureTimer();
        if (!StartPage.TryPrepare()) return ProcessorObstacle.NoLowMemory;
        s_areas = (ProcessorArea**)KernelMemory.Heap.AllocateZeroed((nuint)(Wanted * sizeof(ProcessorArea*)));
        if (s_areas == null) return ProcessorObstacle.NoMemory;
        s_areas[0] = Cpu.CurrentArea();
        CrossCalls.SetAreas(s_areas, 1);
        KernelStop.CallFirst(&StopOthers);
        return ProcessorObstacle.None;
    }

    private static bool TryUseApic()
    {
        if (ProcessorState.Features.Has(CpuFeature.X2Apic))
        {
            LocalApic.Use(null);
        }
        else
        {
            PhysAddr registers = KernelMemory.Processors.LocalApic;
            if (registers == PhysAddr.Zero) registers = PhysAddr.FromTrusted(LocalApic.UsualAddress);
            if (KernelMemory.Space.MapDevice(registers, LocalApic.RegisterBytes, Caching.Disabled, out VirtAddr address) != KernelSpaceResult.Ok) return false;
            LocalApic.Use((byte*)address.Value);
        }

        LocalApic.SwitchOn(isBoot: true);
        return LocalApic.Answers;
    }

    private static bool TryWake(CpuId cpu)
    {
        ProcessorArea* area = (ProcessorArea*)KernelMemory.Heap.AllocateAligned(ThreadBlock.AreaBytes, ThreadBlock.AreaBytes);
        if (area == null || !TryAllocateStack(StackPages, out PageRange stack)) return false;
        *area = default;
        ThreadBlock.Create(&area->Thread, ThreadBlock.BootThread + cpu.Value, (byte*)stack.Start.Start.Value, (byte*)stack.End.Start.Value);
        area->Number = cpu.Value;
        area->OwnLocals = &area->Locals;
        area->Locals.Number = cpu.Value;
        if (!KernelMemory.Objects.TryAddProcessor(&area->Locals) || !KernelThreads.TryAddProcessor(area)) return false;
        if (!MachineTlb.TryPrepare(area, KernelMemory.KernelSpaceId)) return false;
        area->ApicId = KernelMemory.Processors.ApicIdOf(cpu);
        area->Tables = (ProcessorTables*)KernelMemory.Heap.AllocateZeroed((nuint)sizeof(ProcessorTables));
        if (area->Tables == null || !TryBuildTables(area->Tables)) return false;
        byte* caches = KernelMemory.Heap.AllocateAligned((nuint)KernelMemory.Frames.ProcessorBytes, ProcessorLocals.LineBytes);
        if (caches == null) return false;
        KernelMemory.AddProcessor(&area->Locals, caches, area->ApicId);
        if (!KernelMemory.Heap.TryAddCpu(&area->Locals)) return false;
        s_areas[cpu.Value] = area;
        CrossCalls.SetAreas(s_areas, cpu.Value + 1);
        if (area->ApicId > LocalApic.HighestId)
        {
            area->Phase = (int)ProcessorPhase.Asleep;
            return true;
        }

        StartPage.SetProcessor(area, stack.End.Start, &Enter);
        Wake(area);
        return true;
    }

    private static bool TryBuildTables(ProcessorTables* tables)
    {
        bool isDone = TryAllocateStack(InterruptStackPages, out PageRange first);
        isDone &= TryAllocateStack(InterruptStackPages, out PageRange second);
        isDone &= TryAllocateStack(InterruptStackPages, out PageRange third);
        if (isDone) Interrupts.BuildFor(tables, new InterruptStacks(first.End.Start, second.End.Start, third.End.Start));
        return isDone;
    }

    private static bool TryAllocateStack(ulong pageCount, out PageRange stack) => KernelMemory.Space.AllocateStack(pageCount, out stack) == KernelSpaceResult.Ok;

    private static void Wake(ProcessorArea* area)
    {
        Volatile.Write(ref area->Phase, (int)ProcessorPhase.Woken);
        LocalApic.SendInitialization(area->ApicId);
        Clock.Delay(InitializationNanoseconds);
        LocalApic.SendStartup(area->ApicId, StartPage.Number);
        Clock.Delay(StartupNanoseconds);
        if (IsWoken(area)) LocalApic.SendStartup(area->ApicId, StartPage.Number);
        ulong start = Clock.Nanoseconds;
        while (IsWoken(area))
        {
            if (Clock.Nanoseconds - start > AnswerNanoseconds)
            {
                Interlocked.CompareExchange(ref area->Phase, (int)ProcessorPhase.Silent, (int)ProcessorPhase.Woken);
                return;
            }

            Cpu.Pause();
        }

        _ = KernelMemory.Topology.Place(CpuId.FromTrusted(area->Number), area->ApicId);
    }

    private static bool IsWoken(ProcessorArea* area) => Volatile.Read(ref area->Phase) == (int)ProcessorPhase.Woken;

    // Whoever gets that interrupt while another reports stops for good.
    private static void StopOthers()
    {
        CpuId own = CrossCalls.Current;
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            if (cpu != own && CrossCalls.IsRunning(cpu)) LocalApic.SendNonMaskable(CrossCalls.AreaOf(cpu)->ApicId);
        }
    }

    // The first C# of a processor, on its own stack, with interrupts masked.
    private static void Enter()
    {
        ProcessorArea* area = Cpu.CurrentArea();
        ProcessorState.PrepareTables();
        ProcessorState.SwitchOnProtection();
        ProcessorTables.Load(area->Tables);
        LocalApic.SwitchOn(isBoot: false);
        UserMode.Start(ProcessorState.Features.Has(CpuFeature.Xsave));
        // Who was given up on stays out: others count on it.
        if (Interlocked.CompareExchange(ref area->Phase, (int)ProcessorPhase.Running, (int)ProcessorPhase.Woken) != (int)ProcessorPhase.Woken)
        {
            while (true) Cpu.Halt();
        }

        MachineTlb.Join();
        CrossCalls.WaitForWork();
    }
}
