using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Hardware;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>A processor that answers nobody, on purpose, to see that it is noticed.</summary>
public static unsafe class DeafProcessor
{
    private static int s_isDeaf;

    /// <summary>Has the second processor mask its interrupts for ever, and unmaps a page that it might use; returns where there is none.</summary>
    public static void Provoke()
    {
        CpuId deaf = CpuId.FromTrusted(1);
        if (CrossCalls.Count < 2 || !CrossCalls.IsRunning(deaf)) return;
        s_isDeaf = 0;
        if (!CrossCalls.TryStartWork(deaf, &BeDeaf, 0)) return;
        while (Volatile.Read(ref s_isDeaf) == 0) Cpu.Pause();
        if (KernelMemory.Space.Allocate(1, PageFlags.Writable, out VirtAddr page) == KernelSpaceResult.Ok) KernelMemory.Space.Free(page);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void BeDeaf(CosmosAddress ignored)
    {
        _ = ignored;
        Cpu.DisableInterrupts();
        Volatile.Write(ref s_isDeaf, 1);
        while (true) Cpu.Pause();
    }
}
