using MemOS.Hardware;
using MemOS.Memory.Paging;

namespace MemOS.Startup;

/// <content>x86-32: Cosmos starts with paging off, and MemOS switches it on.</content>
public static partial class ProcessorState
{
    private const CosmosAddress LargePages = 1u << 4; // CR4.PSE
    private const CosmosAddress WideEntries = 1u << 5; // CR4.PAE
    private const CosmosAddress Paging = 1u << 31; // CR0.PG

    /// <summary>There are none on this machine.</summary>
    public static bool HasFiveLevels => false;

    /// <summary>Asks the processor; entries of 64 bits come with no-execute or not at all.</summary>
    public static void Detect()
    {
        ReadProcessor();
        if (s_features.Has(CpuFeature.Pae) && s_features.Has(CpuFeature.Nx) && s_features.Has(CpuFeature.Msr)) LiveX86.UsePae();
    }

    /// <summary>Loads the tables and switches paging on; every address that the kernel uses means the same before and after.</summary>
    public static void SwitchOnPaging(CosmosAddress root)
    {
        CosmosAddress control = Cpu.ReadCr4() | LargePages;
        if (LiveX86.IsWide)
        {
            control |= WideEntries;
            Cpu.WriteMsr(ExtendedFeatures, Cpu.ReadMsr(ExtendedFeatures) | NoExecute);
        }

        if (s_features.Has(CpuFeature.Pat)) Cpu.WriteMsr(PageAttributeTable.Register, PageAttributeTable.Value);
        if (s_features.Has(CpuFeature.Pge)) control |= GlobalPages;
        Cpu.WriteCr4(control);
        Cpu.WriteCr3(root);
        Cpu.WriteCr0(Cpu.ReadCr0() | Paging | WriteProtect);
    }
}
