namespace MemOS.Lab.Heaps;

/// <summary>Sizes from <paramref name="Least"/> up to <paramref name="Most"/> bytes, one as likely as the other.</summary>
/// <param name="Weight">How often the band is wanted in relation to the others.</param>
/// <param name="Least">The smallest size.</param>
/// <param name="Most">The largest size.</param>
internal readonly record struct SizeBand(int Weight, int Least, int Most);
