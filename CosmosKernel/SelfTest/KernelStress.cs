using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>The stress tests of the kernel that runs.</summary>
public static unsafe class KernelStress
{
    /// <summary>The suite with all of them.</summary>
    public static StressSuite Create()
    {
        ulong seed = KernelMemory.CommandLine.HasSeed ? KernelMemory.CommandLine.Seed : (uint)Cpu.ReadTimestamp();
        var suite = new StressSuite(seed);

        // SAFETY: the zones lie in a static that stays where it is.
        var frames = (PhysicalMemory<DirectMap>*)Unsafe.AsPointer(ref KernelMemory.Frames);
        suite.Add(new FrameStress<DirectMap>(frames, default, KernelMemory.Map, new SystemClock()));
        return suite;
    }
}
