using MemOS.Boot;
using MemOS.Hardware;

namespace MemOS.Memory.Numa;

/// <summary>The firmware's two tables about nodes, each with what is wrong with it.</summary>
public readonly struct TopologyTables<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private TopologyTables(AcpiFault rootFault)
    {
        RootFault = rootFault;
        SratFault = AcpiFault.Missing;
        SlitFault = AcpiFault.Missing;
        Srat = default;
        Slit = default;
    }

    /// <summary>The tables as they were opened.</summary>
    public TopologyTables(AcpiFault sratFault, in AcpiTable<TMemory> srat, AcpiFault slitFault, in AcpiTable<TMemory> slit)
    {
        RootFault = AcpiFault.None;
        SratFault = sratFault;
        Srat = srat;
        SlitFault = slitFault;
        Slit = slit;
    }

    /// <summary>What is wrong with the firmware's list of tables.</summary>
    public AcpiFault RootFault { get; }

    /// <summary>What is wrong with the SRAT.</summary>
    public AcpiFault SratFault { get; }

    /// <summary>The SRAT; to be read when nothing is wrong with it.</summary>
    public AcpiTable<TMemory> Srat { get; }

    /// <summary>What is wrong with the SLIT.</summary>
    public AcpiFault SlitFault { get; }

    /// <summary>The SLIT; to be read when nothing is wrong with it.</summary>
    public AcpiTable<TMemory> Slit { get; }

    /// <summary>No tables.</summary>
    public static TopologyTables<TMemory> None => new(AcpiFault.Missing);

    /// <summary>Looks the tables up in the firmware's list.</summary>
    /// <param name="memory">Where tables can be read.</param>
    /// <param name="pointer">The root pointer structure (RSDP), as the boot loader copied it; null for none.</param>
    /// <param name="pointerBytes">The bytes of the copy.</param>
    public static unsafe TopologyTables<TMemory> Find(in AcpiMemory<TMemory> memory, byte* pointer, int pointerBytes)
    {
        AcpiFault rootFault = AcpiRoot<TMemory>.Open(in memory, pointer, pointerBytes, out AcpiRoot<TMemory> root);
        if (rootFault != AcpiFault.None) return new TopologyTables<TMemory>(rootFault);
        AcpiFault sratFault = root.Find(AcpiSignature.Srat, out AcpiTable<TMemory> srat);
        AcpiFault slitFault = root.Find(AcpiSignature.Slit, out AcpiTable<TMemory> slit);
        return new TopologyTables<TMemory>(sratFault, in srat, slitFault, in slit);
    }

    /// <summary>How many enabled entries the SRAT has, those after a wrong one left out.</summary>
    public int Count() => Count(AcpiAffinityKind.Memory) + Count(AcpiAffinityKind.Processor) + Count(AcpiAffinityKind.Initiator);

    /// <summary>How many of them are of a kind.</summary>
    public int Count(AcpiAffinityKind kind)
    {
        if (SratFault != AcpiFault.None) return 0;
        int count = 0;
        AcpiTable<TMemory> table = Srat;
        AcpiSrat<TMemory> entries = new(in table);
        while (entries.TryNext(out AcpiAffinity entry))
        {
            if (entry.Kind == kind) count++;
        }

        return count;
    }
}
