namespace MemOS.Memory.Frames;

/// <summary>What can be said of a <see cref="FreeResult"/>.</summary>
public static class FreeResults
{
    /// <summary>How many results there are, <see cref="FreeResult.Ok"/> included.</summary>
    public const int Count = 9;

    /// <summary>The result in a few words; a constant, so that it can be printed before the heap is there.</summary>
    public static string Description(this FreeResult result) => result switch
    {
        FreeResult.Ok => "ok",
        FreeResult.Foreign => "foreign frame",
        FreeResult.Reserved => "reserved frame",
        FreeResult.Misaligned => "misaligned block",
        FreeResult.DoubleFree => "double free",
        FreeResult.WrongOrder => "wrong order",
        FreeResult.InsideBlock => "inside of a block",
        FreeResult.Shared => "shared block",
        _ => "over-free of a run",
    };
}
