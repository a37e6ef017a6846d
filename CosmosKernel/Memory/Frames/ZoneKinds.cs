namespace MemOS.Memory.Frames;

/// <summary>What can be said of a <see cref="ZoneKind"/>.</summary>
public static class ZoneKinds
{
    /// <summary>How many kinds there are.</summary>
    public const int Count = 5;

    /// <summary>The kind's name; a constant, so that it can be printed before the heap is there.</summary>
    public static string Description(this ZoneKind kind) => kind switch
    {
        ZoneKind.Dma => "DMA",
        ZoneKind.Low => "Low",
        ZoneKind.Dma32 => "DMA32",
        ZoneKind.Normal => "Normal",
        _ => "High",
    };
}
