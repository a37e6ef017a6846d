using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>Says which processor did not stand still, and what is known of it; without memory, for it comes in the midst of an allocation.</summary>
internal static unsafe class StopReport
{
    private const uint Base = 10;

    /// <summary>One line on the console.</summary>
    internal static void Write(CpuId stuck)
    {
        ProcessorArea* area = CrossCalls.AreaOf(stuck);
        Write("\nno collection: processor ");
        Write((uint)stuck.Value);
        Write(" does not stand still. Locks held (a bit each): ");
        Write(area->HeldRanks);
        Write(", interrupts nested: ");
        Write((uint)area->Depth);
        Write(area->WorkTarget != 0 ? ", has work\n" : ", has no work\n");
    }

    private static void Write(string text)
    {
        for (int i = 0; i < text.Length; i++) KernelStop.Write((byte)text[i]);
    }

    private static void Write(uint number)
    {
        if (number >= Base) Write(number / Base);
        KernelStop.Write((byte)('0' + (number % Base)));
    }
}
