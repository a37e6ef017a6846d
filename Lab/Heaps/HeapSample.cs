namespace MemOS.Lab.Heaps;

/// <summary>How a heap looks after some operations.</summary>
/// <param name="Operation">After how many.</param>
/// <param name="RequestedBytes">Bytes of live blocks that were asked for.</param>
/// <param name="GrantedBytes">Bytes that live blocks hold.</param>
/// <param name="FootprintBytes">The memory that the heap has taken, its tables included.</param>
internal sealed record HeapSample(long Operation, ulong RequestedBytes, ulong GrantedBytes, ulong FootprintBytes)
{
    /// <summary>The part of the blocks' bytes that nobody asked for, 0 to 1.</summary>
    public double InternalFragmentation => GrantedBytes == 0 ? 0 : 1 - (double)RequestedBytes / GrantedBytes;

    /// <summary>The part of the heap's memory that is in no block: free in between, kept in front, or tables; 0 to 1.</summary>
    public double ExternalFragmentation => FootprintBytes <= GrantedBytes ? 0 : 1 - (double)GrantedBytes / FootprintBytes;
}
