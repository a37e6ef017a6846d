namespace MemOS.Memory.Heap;

/// <summary>The names of results.</summary>
public static class HeapFreeResults
{
    /// <summary>How many there are, <see cref="HeapFreeResult.Ok"/> included.</summary>
    public const int Count = (int)HeapFreeResult.CorruptHeader + 1;

    /// <summary>Whether the block is free now: it was well, or damaged but still to be told apart.</summary>
    public static bool IsFreed(HeapFreeResult result) =>
        result is HeapFreeResult.Ok or HeapFreeResult.Overflow or HeapFreeResult.Underflow or HeapFreeResult.UseAfterFree;

    /// <summary>The result in words, as in "heap: double free".</summary>
    public static string Description(this HeapFreeResult result)
    {
        switch (result)
        {
            case HeapFreeResult.Ok: return "ok";
            case HeapFreeResult.DoubleFree: return "double free";
            case HeapFreeResult.Interior: return "free of an interior pointer";
            case HeapFreeResult.Foreign: return "free of a foreign pointer";
            case HeapFreeResult.WrongSize: return "free with a wrong size";
            case HeapFreeResult.Overflow: return "overflow";
            case HeapFreeResult.Underflow: return "underflow";
            case HeapFreeResult.UseAfterFree: return "use after free";
            default: return "corrupt slab header";
        }
    }
}
