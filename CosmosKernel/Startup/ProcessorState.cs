using MemOS.Hardware;

namespace MemOS.Startup;

/// <summary>Which of the processor's features MemOS switches on, and the registers that do it (SDM 3A, 2.5; 2.2.1).</summary>
public static partial class ProcessorState
{
    /// <summary>CR4.PGE: translations marked global survive a change of CR3.</summary>
    public const CosmosAddress GlobalPages = 1u << 7;

    private const CosmosAddress SpaceNumbers = 1u << 17; // PCIDE
    private const CosmosAddress WriteProtect = 1u << 16; // CR0.WP
    private const uint ExtendedFeatures = 0xC0000080;
    private const ulong NoExecute = 1u << 11;

    private static CpuFeatures s_features;

    /// <summary>What the processor can do; read by <see cref="Detect"/>.</summary>
    public static ref readonly CpuFeatures Features => ref s_features;

    /// <summary>The number that the firmware's tables call the processor by; read by <see cref="Detect"/>.</summary>
    public static uint ApicId { get; private set; }

    /// <summary>The registers as they are now.</summary>
    public static CpuControl Control => new(
        Cpu.ReadCr4(),
        Features.Has(CpuFeature.Nx) ? Cpu.ReadMsr(ExtendedFeatures) : 0,
        Features.Has(CpuFeature.Pat) ? Cpu.ReadMsr(PageAttributeTable.Register) : 0);

    /// <summary>Whether translations are held under a number for each address space.</summary>
    public static bool UsesSpaceNumbers => (Cpu.ReadCr4() & SpaceNumbers) != 0;

    private static void ReadProcessor()
    {
        s_features = CpuFeatures.Read(default(ProcessorCpuid));
        ApicId = Hardware.ApicId.Read(default(ProcessorCpuid));
    }
}
