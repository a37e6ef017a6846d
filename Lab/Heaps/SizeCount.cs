namespace MemOS.Lab.Heaps;

/// <summary>What a heap did with requests that it gave blocks of one size, or of a range of sizes.</summary>
/// <param name="BlockBytes">The blocks' size, or the largest in the range.</param>
/// <param name="Blocks">Blocks handed out: allocations, and reallocations that gave another size.</param>
/// <param name="RequestedBytes">Bytes asked for of them.</param>
/// <param name="GrantedBytes">Bytes that they hold.</param>
/// <param name="MostLive">The most that were in use at once; of a range, the sum.</param>
internal readonly record struct SizeCount(ulong BlockBytes, long Blocks, ulong RequestedBytes, ulong GrantedBytes, long MostLive)
{
    /// <summary>The part of the bytes that nobody asked for, 0 to 1.</summary>
    public double Waste => GrantedBytes == 0 ? 0 : 1 - (double)RequestedBytes / GrantedBytes;
}
