using MemOS.Hardware;

namespace MemOS.Shell;

/// <summary>What <c>cpu</c> prints: each feature that MemOS knows, whether it is used, unused or absent, and why.</summary>
public sealed class CpuReport : IReport
{
    private readonly CpuFeatures _features;
    private readonly CpuFeatureUse _use;

    /// <summary>Creates the report.</summary>
    /// <param name="features">What the processor can do.</param>
    /// <param name="control">What is switched on.</param>
    /// <param name="usedPageSizes">The sizes, or-ed together, of the pages that the kernel's tables have.</param>
    public CpuReport(CpuFeatures features, CpuControl control, ulong usedPageSizes)
    {
        _features = features;
        _use = new CpuFeatureUse(features, control, usedPageSizes);
    }

    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        terminal.WriteLine("addresses: " + _features.PhysicalAddressBits.ToString() + " bits physical, "
            + _features.VirtualAddressBits.ToString() + " bits virtual");
        var table = new TextTable("feature", "state", "why");
        for (int i = 0; i < CpuFeatures.Count; i++)
        {
            var feature = (CpuFeature)i;
            table.Add(CpuFeatureUse.NameOf(feature), Name(_use.StateOf(feature)), CpuFeatureUse.ReasonFor(feature));
        }

        table.WriteTo(terminal);
    }

    private static string Name(CpuFeatureState state) => state switch
    {
        CpuFeatureState.Used => "used",
        CpuFeatureState.Unused => "unused",
        _ => "absent",
    };
}
