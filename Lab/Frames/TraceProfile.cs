using System.Collections.Generic;
using System.Linq;

namespace MemOS.Lab.Frames;

/// <summary>How a synthetic trace behaves: phases, one after the other.</summary>
internal sealed record TraceProfile(string Name, string Description, params TracePhase[] Phases)
{
    private static readonly (uint Frames, int Weight)[] s_mixed = [(1, 160), (2, 16), (4, 12), (8, 6), (16, 4), (64, 2)];

    /// <summary>Those that there are.</summary>
    public static IReadOnlyList<TraceProfile> All { get; } =
    [
        new("steady", "three fifths of memory in use, mostly single frames, freed in any order",
            new TracePhase(1, 0.6, 0, s_mixed),
            new TracePhase(4, 0.6, 0, s_mixed)),
        new("churn", "a third in use for long; above it blocks of all sizes that live shortly",
            new TracePhase(1, 0.33, 0, (1, 4), (2, 1)),
            new TracePhase(4, 0.36, 12, (1, 30), (2, 10), (4, 10), (8, 10), (32, 5), (128, 2), (512, 1))),
        new("build-up", "filled with single frames, thinned out at random, then asked for larger blocks",
            new TracePhase(5, 0.95, 0, (1, 1)),
            new TracePhase(4, 0.4, 0, (1, 1)),
            new TracePhase(2, 0.6, 0, (1, 40), (4, 6), (16, 2), (64, 1))),
        new("buffers", "half of memory in sizes that are no powers of two",
            new TracePhase(1, 0.5, 0, (1, 8), (3, 8), (5, 6), (12, 4), (33, 2), (100, 1)),
            new TracePhase(4, 0.5, 0, (1, 8), (3, 8), (5, 6), (12, 4), (33, 2), (100, 1))),
    ];

    /// <summary>The one with a name.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public static TraceProfile Named(string name) =>
        All.FirstOrDefault(profile => profile.Name == name) ??
        throw new LabException($"there is no profile '{name}': {string.Join(", ", All.Select(profile => profile.Name))}");
}
