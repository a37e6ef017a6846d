using MemOS.Hardware;

namespace MemOS.Startup;

/// <content>x86-64: what MemOS runs with from the start.</content>
public static partial class ProcessorState
{
    private const CosmosAddress FiveLevels = 1u << 12; // LA57
    private const CosmosAddress ExecutionPrevention = 1u << 20; // SMEP
    private const CosmosAddress AccessPrevention = 1u << 21; // SMAP
    private const CosmosAddress UserInstructionPrevention = 1u << 11; // UMIP

    /// <summary>Whether the processor walks five levels; the boot assembler decided it before there was paging.</summary>
    public static bool HasFiveLevels => (Cpu.ReadCr4() & FiveLevels) != 0;

    /// <summary>Asks the processor; stops, naming it, when a feature is missing that MemOS does not run without.</summary>
    public static void Detect()
    {
        ReadProcessor();
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
