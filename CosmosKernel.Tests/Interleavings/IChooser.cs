namespace MemOS.Tests.Interleavings;

/// <summary>Says what happens next where there are several ways.</summary>
internal interface IChooser
{
    /// <summary>A number below <paramref name="count"/>; those from <paramref name="free"/> on are deviations.</summary>
    int Choose(int count, int free);
}
