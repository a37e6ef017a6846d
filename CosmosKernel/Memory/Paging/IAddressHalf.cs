namespace MemOS.Memory.Paging;

/// <summary>Which addresses one of an architecture's two roots is for, as a struct type parameter.</summary>
public interface IAddressHalf
{
    /// <summary>The half.</summary>
    AddressHalves Half { get; }
}
