namespace MemOS.Memory.Paging;

/// <summary>How many levels of tables: what formats of one architecture differ in, as a struct type parameter.</summary>
public interface ILevels
{
    /// <summary>The number of levels.</summary>
    int Count { get; }

    /// <summary>The least that it can be: a constant.</summary>
    int Fewest { get; }
}
