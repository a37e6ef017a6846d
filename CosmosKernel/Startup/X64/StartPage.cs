using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>The frames below 1 MiB that a processor starts with: its first code, and tables that show it and the kernel.</summary>
/// <remarks>
/// A processor that starts has no paging and loads a root below 4 GiB first; the kernel's may lie above. Frames below 1 MiB are never handed
/// out (the firmware's first mebibyte), so these are nobody's. Used by one processor at a time.
/// </remarks>
internal static unsafe class StartPage
{
    // The code, and a table for each of five levels.
    private const ulong FrameCount = 6;
    private const ulong FirstUsable = 1; // Frame 0 has the firmware's data.
    private const ulong EndFrame = 0xA0; // 640 KiB
    private const ulong PresentWritable = 3;
    private const int EntryCount = 512;
    private const ulong FiveLevelControl = 1 << 12;

    private static FrameNumber s_code;

    /// <summary>Where the code is: the number that the start-up interrupt carries.</summary>
    internal static byte Number => (byte)s_code.Value;

    /// <summary>Finds the frames and fills them; false when the firmware left none.</summary>
    internal static bool TryPrepare()
    {
        int position = 0;
        while (KernelMemory.Map.TryNextUsable(ref position, out FrameRange frames))
        {
            ulong first = frames.Start.Value < FirstUsable ? FirstUsable : frames.Start.Value;
            ulong end = frames.End.Value > EndFrame ? EndFrame : frames.End.Value;
            if (first >= end || end - first < FrameCount) continue;
            s_code = FrameNumber.FromTrusted(end - FrameCount);
            Fill();
            return true;
        }

        return false;
    }

    /// <summary>Says whom the next start-up interrupt starts.</summary>
    internal static void SetProcessor(ProcessorArea* area, VirtAddr stackTop, delegate*<void> entry)
    {
        StartCode* code = (StartCode*)Pointer(s_code.Value);
        code->KernelRoot = KernelMemory.Space.Root.Value;
        code->Stack = stackTop.Value;
        code->Area = (ulong)area;
        code->Entry = (ulong)entry;
        code->Control = ProcessorState.HasFiveLevels ? FiveLevelControl : 0;
    }

    private static void Fill()
    {
        byte* begin = Cpu.StartCodeBegin();
        ulong sizeBytes = (ulong)(Cpu.StartCodeEnd() - begin);
        KernelAssert.That(sizeBytes <= FrameNumber.SizeBytes, "StartPage: the code is longer than a page");
        Cpu.CopyBytes(Pointer(s_code.Value), begin, (CosmosAddress)sizeBytes);
        ulong levels = ProcessorState.HasFiveLevels ? 5UL : 4;
        ulong entry = (s_code.Value << 12) | PresentWritable;
        for (ulong level = 1; level <= levels; level++)
        {
            ulong frame = s_code.Value + level;
            ulong* table = (ulong*)Pointer(frame);
            for (int index = 0; index < EntryCount; index++) table[index] = 0;
            table[level == 1 ? s_code.Value : 0] = entry;
            entry = (frame << 12) | PresentWritable;
        }

        CopyKernelHalf(s_code.Value + levels);
        ((StartCode*)Pointer(s_code.Value))->FirstRoot = (s_code.Value + levels) << 12;
    }

    private static void CopyKernelHalf(ulong frame)
    {
        ulong* kernel = (ulong*)default(DirectMap).Pointer(KernelMemory.Space.Root);
        ulong* root = (ulong*)Pointer(frame);
        for (int index = EntryCount / 2; index < EntryCount; index++) root[index] = kernel[index];
    }

    // SAFETY: a frame of usable memory, which the direct map shows.
    private static byte* Pointer(ulong frame) => default(DirectMap).Pointer(FrameNumber.FromTrusted(frame).Start);
}
