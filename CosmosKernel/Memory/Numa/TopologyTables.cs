using MemOS.Boot;
using MemOS.Hardware;

namespace MemOS.Memory.Numa;

/// <summary>The firmware's two tables about nodes, each with what is wrong with it.</summary>
public readonly struct TopologyTables<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>The tables as they were opened.</summary>
    public TopologyTables(AcpiFault sratFault, in AcpiTable<TMemory> srat, AcpiFault slitFault, in AcpiTable<TMemory> slit)
    {
        SratFault = sratFault;
        Srat = srat;
        SlitFault = slitFault;
        Slit = slit;
    }

    /// <summary>What is wrong with the SRAT.</summary>
    public AcpiFault SratFault { get; }

    /// <summary>The SRAT; to be read when nothing is wrong with it.</summary>
    public AcpiTable<TMemory> Srat { get; }

    /// <summary>What is wrong with the SLIT.</summary>
    public AcpiFault SlitFault { get; }

    /// <summary>The SLIT; to be read when nothing is wrong with it.</summary>
    public AcpiTable<TMemory> Slit { get; }

    /// <summary>No tables.</summary>
    public static TopologyTables<TMemory> None => new(AcpiFault.Missing, default, AcpiFault.Missing, default);

    /// <summary>Looks the tables up in the firmware's list.</summary>
    public static TopologyTables<TMemory> Find(in AcpiRoot<TMemory> root)
    {
        AcpiFault sratFault = root.Find(AcpiSignature.Srat, out AcpiTable<TMemory> srat);
        AcpiFault slitFault = root.Find(AcpiSignature.Slit, out AcpiTable<TMemory> slit);
        return new TopologyTables<TMemory>(sratFault, in srat, slitFault, in slit);
    }

    /// <summary>How many entries of a kind the SRAT has, those after a wrong one left out.</summary>
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
