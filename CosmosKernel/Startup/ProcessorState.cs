using MemOS.Hardware;

namespace MemOS.Startup;

/// <summary>Which of the processor's features MemOS switches on, and the registers that do it (SDM 3A, 2.5; 2.2.1).</summary>
public static class ProcessorState
{
    /// <summary>CR4.PGE: translations marked global survive a change of CR3.</summary>
    public const CosmosAddress GlobalPages = 1u << 7;

    private const CosmosAddress FiveLevels = 1u << 12; // LA57
    private const CosmosAddress SpaceNumbers = 1u << 17; // PCIDE
    private const CosmosAddress ExecutionPrevention = 1u << 20; // SMEP
    private const CosmosAddress AccessPrevention = 1u << 21; // SMAP
    private const CosmosAddress UserInstructionPrevention = 1u << 11; // UMIP
    private const CosmosAddress WriteProtect = 1u << 16; // CR0.WP
    private const uint ExtendedFeatures = 0xC0000080;
    private const ulong NoExecute = 1u << 11;

    private static CpuFeatures s_features;

    /// <summary>What the processor can do; read by <see cref="Detect"/>.</summary>
    public static ref readonly CpuFeatures Features => ref s_features;

    /// <summary>The number that the firmware's tables call the processor by; read by <see cref="Detect"/>.</summary>
    public static uint ApicId { get; private set; }

    /// <summary>The registers as they are now.</summary>
    public static CpuControl Control =>
        new(Cpu.ReadCr4(), Cpu.ReadMsr(ExtendedFeatures), Features.Has(CpuFeature.Pat) ? Cpu.ReadMsr(PageAttributeTable.Register) : 0);

    /// <summary>Whether the processor walks five levels; the boot assembler decided it before there was paging.</summary>
    public static bool HasFiveLevels => (Cpu.ReadCr4() & FiveLevels) != 0;

    /// <summary>Whether translations are held under a number for each address space.</summary>
    public static bool UsesSpaceNumbers => (Cpu.ReadCr4() & SpaceNumbers) != 0;

    /// <summary>Asks the processor; stops, naming it, when a feature is missing that MemOS does not run without.</summary>
    public static void Detect()
    {
        s_features = CpuFeatures.Read(default(ProcessorCpuid));
        ApicId = Hardware.ApicId.Read(default(ProcessorCpuid));
        if (s_features.TryNextMissing(0, out CpuFeature missing)) KernelStop.Panic(NeedOf(missing));
    }

    /// <summary>Before MemOS's tables are loaded: what their entries rely on.</summary>
    public static void PrepareTables()
    {
        Cpu.WriteMsr(ExtendedFeatures, Cpu.ReadMsr(ExtendedFeatures) | NoExecute);
        Cpu.WriteCr0(Cpu.ReadCr0() | WriteProtect);
        if (s_features.Has(CpuFeature.Pat)) Cpu.WriteMsr(PageAttributeTable.Register, PageAttributeTable.Value);
    }

    /// <summary>After MemOS's tables are loaded: what only they can stand.</summary>
    public static void SwitchOnProtection()
    {
        CosmosAddress control = Cpu.ReadCr4();
        if (s_features.Has(CpuFeature.Pge)) control |= GlobalPages;
        if (s_features.Has(CpuFeature.Smep)) control |= ExecutionPrevention;
        if (s_features.Has(CpuFeature.Smap)) control |= AccessPrevention;
        if (s_features.Has(CpuFeature.Umip)) control |= UserInstructionPrevention;
        // The kernel's half is forgotten under every number at once only because it is global (SDM 3A, 4.10.2.4). CR3 has number 0 here.
        if (s_features.Has(CpuFeature.Pcid) && s_features.Has(CpuFeature.Pge)) control |= SpaceNumbers;
        Cpu.WriteCr4(control);
    }

    private static string NeedOf(CpuFeature feature)
    {
        switch (feature)
        {
            case CpuFeature.Msr: return "this CPU has no model-specific registers (MSR); MemOS needs them";
            case CpuFeature.Pae: return "this CPU has no physical address extension (PAE); MemOS needs it";
            case CpuFeature.LongMode: return "this CPU has no 64-bit mode (long mode); MemOS needs it";
            case CpuFeature.Nx: return "this CPU has no no-execute bit (NX); MemOS needs it to keep data from being executed";
            case CpuFeature.Fxsr: return "this CPU has no FXSAVE (FXSR); MemOS needs it";
            case CpuFeature.Sse2: return "this CPU has no SSE2; compiled code needs it";
            case CpuFeature.Cx8: return "this CPU has no CMPXCHG8B (CX8); compiled code needs it";
            default: return "this CPU has no time-stamp counter (TSC); MemOS needs it";
        }
    }
}
