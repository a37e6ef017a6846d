namespace MemOS.Memory.Paging;

/// <summary>Is shown the mappings of an address space in the order of their addresses.</summary>
public interface IMappingVisitor
{
    /// <summary>Is shown <paramref name="run"/>; false ends the visit.</summary>
    bool Visit(in MappedRun run);
}
