namespace MemOS.Hardware;

/// <summary>The ticks of a processor that was woken: a thousand a second from its own timer, while there is something that they are to end.</summary>
/// <remarks>
/// The boot processor has those of the 8254 timer, for which a machine needs no local APIC. An idle processor does not tick: the tick that finds it so, and nothing
/// that wanted another since the last one, is the last. So who comes and goes quickly does not start and stop the timer each time.
/// </remarks>
public static unsafe class ProcessorTimer
{
    /// <summary>The ticks in a second.</summary>
    public const uint TicksPerSecond = 1000;

    /// <summary>Whether woken processors can tick.</summary>
    public static bool IsThere => LocalApic.TimerFrequency >= TicksPerSecond;

    /// <summary>This processor, which was woken, ticks for a while, at least until it has nothing to do.</summary>
    public static void Begin()
    {
        ProcessorArea* area = Cpu.CurrentArea();
        area->WantsTicks = 1;
        if (area->IsTicking != 0) return;
        area->IsTicking = 1;
        LocalApic.StartTimer(TicksPerSecond);
    }

    /// <summary>Serves a tick.</summary>
    internal static void Tick()
    {
        ProcessorArea* area = Cpu.CurrentArea();
        area->Ticks++;
        if (area->IsIdle != 0 && area->WantsTicks == 0)
        {
            LocalApic.StopTimer();
            area->IsTicking = 0;
        }

        area->WantsTicks = 0;
    }
}
