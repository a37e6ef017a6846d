namespace MemOS.Memory.Paging;

/// <summary>Sees each format of page tables that there is: <see cref="PagingFormats.Visit"/>.</summary>
public interface IPagingFormatVisitor
{
    /// <summary>There is <typeparamref name="TFormat"/>; its name is <see cref="IPagingFormat.Name"/>.</summary>
    void Visit<TFormat>()
        where TFormat : struct, IPagingFormat;
}
