using IL2CPU.API.Attribs;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Memory.Heap;

namespace NarrowKernel;

/// <summary>The Cosmos flavour has no command line: here one says what serves frames and how the heap is checked.</summary>
[Plug(Target = typeof(KernelCommandLine))]
public static unsafe class CommandLineOfLoader
{
    /// <summary>What the line says; the zones are <paramref name="zones"/>, which come first in it.</summary>
    public static KernelCommandLine Without(ZonePreset zones)
    {
        _ = zones;
        return KernelCommandLine.Parse(BootLoader.Line, BootLoader.LineStorage, LoaderWords.LineBytes, &FrameAllocators.IsKnown, &HeapPolicies.IsKnown);
    }
}
