using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>What happens to a fault that is no probe's: a managed exception where it can be one, a named report otherwise.</summary>
public static class FaultDriver
{
    private const uint DoubleFaultVector = 8;

    private static bool s_isReporting;

    /// <summary>What reads the tables for a report: it finds the same bits reserved as this processor.</summary>
    public static PageTableWalker<DirectMap, LiveFormat> Walker => new(default, KernelMemory.Space.Root, ProcessorState.Features.PhysicalAddressBits);

    /// <summary>A page fault. Returns when the context was changed so that resuming it throws.</summary>
    public static void PageFault(ref INTs.IRQContext context)
    {
        VirtAddr address = Interrupts.FaultAddress;
        if (KernelStop.TryRaiseException(ref context)) return;
        if (KernelMemory.IsUp) WriteReport(address, ref context);
        KernelStop.Report(NameOf(address, ref context), ref context);
    }

    /// <summary>A double fault: the first one could not be delivered, as when the stack has no room for it.</summary>
    public static void DoubleFault(ref INTs.IRQContext context)
    {
        VirtAddr address = VirtAddr.FromTrusted(Cpu.ReadCr2());
        bool isOverflow = KernelMemory.IsUp && IsStackGuard(address);
        if (isOverflow) WriteReport(address, ref context);
        KernelStop.Report(isOverflow ? "kernel stack overflow" : "double fault", ref context);
    }

    // Broken tables may fault under the walk itself: the second report goes without it.
    private static void WriteReport(VirtAddr address, ref INTs.IRQContext context)
    {
        if (s_isReporting) return;
        s_isReporting = true;
        StopSink sink = default;
        sink.Write((byte)'\n');
        // A double fault has no error code: that of the page fault behind it is lost, and it was a write by a push.
        PageFaultError error = (uint)context.Interrupt == DoubleFaultVector ? PageFaultError.Write : (PageFaultError)(uint)context.Param;
        HeapWatcher.TryExplain(ref sink, address);
        FaultReport.Write(ref sink, address, error, VirtAddr.FromTrusted(context.EIP), Walker);
    }

    private static string NameOf(VirtAddr address, ref INTs.IRQContext context)
    {
        PageFaultError error = (PageFaultError)(uint)context.Param;
        if (IsStackGuard(address)) return "kernel stack overflow";
        if ((error & PageFaultError.ReservedBit) != 0) return "page tables with a reserved bit set";
        if ((error & PageFaultError.Fetch) != 0) return "execution of memory that holds no code";
        if ((error & PageFaultError.Write) != 0 && (error & PageFaultError.Protection) != 0) return IsCode(address) ? "write to the kernel's code" : "write to read-only memory";
        return "page fault";
    }

    private static bool IsCode(VirtAddr address) => address >= KernelMemory.Image.TextStart && address < KernelMemory.Image.TextEnd;

    private static bool IsStackGuard(VirtAddr address) =>
        address.ContainingPage == KernelMemory.Image.StackGuard.ContainingPage;
}
