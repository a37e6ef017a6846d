namespace MemOS.Memory.Numa;

/// <summary>What can be said of a <see cref="TopologyFault"/>.</summary>
public static class TopologyFaults
{
    /// <summary>The fault in a few words; a constant, so that it can be printed before the heap is there.</summary>
    public static string Description(this TopologyFault fault) => fault switch
    {
        TopologyFault.None => "nodes as the firmware's tables say",
        TopologyFault.SratMissing => "no SRAT",
        TopologyFault.RootBroken => "the list of tables is broken",
        TopologyFault.SratBroken => "the SRAT is broken",
        TopologyFault.SlitBroken => "the SLIT is broken",
        TopologyFault.NoMemory => "the SRAT has no memory",
        TopologyFault.TooManyNodes => "the SRAT has too many nodes",
        TopologyFault.WrongNode => "the SRAT has an impossible node number",
        TopologyFault.TooManyRanges => "the SRAT has too many memory ranges",
        TopologyFault.TooManyProcessors => "the SRAT has too many processors",
        TopologyFault.OverlappingMemory => "the SRAT gives memory to two nodes",
        TopologyFault.ProcessorInTwoNodes => "the SRAT gives a processor to two nodes",
        _ => "the SRAT leaves out memory that is there",
    };
}
