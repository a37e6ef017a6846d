namespace MemOS.Memory.Paging;

/// <summary>As many levels as the machine was started with: the one thing about its format that is not known before.</summary>
/// <remarks>Four until it is said otherwise, once, before the first table is made.</remarks>
public readonly struct LiveLevels : ILevels
{
    private static int s_more;

    /// <inheritdoc/>
    public int Count => Fewest + s_more;

    /// <inheritdoc/>
    public int Fewest => 4;

    /// <summary>Says that the processor walks five levels.</summary>
    public static void UseFive() => s_more = 1;
}
