namespace MemOS.Memory.Paging;

/// <summary>The formats of page tables that there are; a test holds the list to the structs that exist.</summary>
public static class PagingFormats
{
    /// <summary>Shows each to <paramref name="visitor"/>.</summary>
    public static void Visit<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IPagingFormatVisitor
    {
        visitor.Visit<X86TwoLevel>();
        visitor.Visit<X86Pae>();
        visitor.Visit<X64FourLevel>();
        visitor.Visit<X64FiveLevel>();
        visitor.Visit<AArch64Lower4K>();
        visitor.Visit<AArch64Upper4K>();
        visitor.Visit<AArch64Lower16K>();
        visitor.Visit<AArch64Upper16K>();
        visitor.Visit<AArch64Lower64K>();
        visitor.Visit<AArch64Upper64K>();
        visitor.Visit<Sv39>();
        visitor.Visit<Sv48>();
        visitor.Visit<Sv57>();
    }
}
