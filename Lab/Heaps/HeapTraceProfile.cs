using System.Collections.Generic;
using System.Linq;

namespace MemOS.Lab.Heaps;

/// <summary>How a synthetic trace behaves: phases, one after the other.</summary>
internal sealed record HeapTraceProfile(string Name, string Description, params HeapTracePhase[] Phases)
{
    private static readonly SizeBand[] s_small = [new(4, 8, 16), new(10, 17, 32), new(12, 33, 64), new(8, 65, 128), new(4, 129, 256)];

    /// <summary>Those that there are.</summary>
    public static IReadOnlyList<HeapTraceProfile> All { get; } =
    [
        new("mixed", "small objects that live shortly, records that live long, some buffers",
            new HeapTracePhase(
                1,
                new BlockKind(70, 400, 0, s_small),
                new BlockKind(24, 20000, 0, new SizeBand(6, 64, 512), new SizeBand(3, 513, 2048)),
                new BlockKind(5, 2000, 0, new SizeBand(3, 2049, 8192), new SizeBand(1, 8193, 32768)),
                new BlockKind(1, 4000, 100, new SizeBand(1, 1024, 65536)))),
        new("churn", "objects of 8 to 256 bytes, a few dozen at a time",
            new HeapTracePhase(1, new BlockKind(1, 60, 0, s_small))),
        new("kernel", "the fixed sizes of a kernel's structures, half of them kept for long",
            new HeapTracePhase(
                1,
                new BlockKind(6, 300, 0, new SizeBand(8, 64, 64), new SizeBand(6, 32, 32), new SizeBand(4, 128, 128), new SizeBand(3, 256, 256), new SizeBand(1, 1024, 1024)),
                new BlockKind(5, 60000, 0, new SizeBand(8, 192, 192), new SizeBand(6, 96, 96), new SizeBand(5, 56, 56), new SizeBand(3, 600, 600), new SizeBand(1, 1080, 1080)),
                new BlockKind(1, 500, 0, new SizeBand(5, 4096, 4096), new SizeBand(1, 8192, 8192)))),
        new("strings", "texts and lists that double or grow by half as they are written",
            new HeapTracePhase(
                1,
                new BlockKind(6, 500, 0, new SizeBand(6, 16, 80), new SizeBand(2, 81, 400)),
                new BlockKind(3, 3000, 100, new SizeBand(4, 256, 4096), new SizeBand(1, 4097, 65536)),
                new BlockKind(1, 3000, 50, new SizeBand(4, 256, 4096), new SizeBand(1, 4097, 262144)))),
        new("large", "buffers of 16 KiB to 1 MiB, a few hundred at a time",
            new HeapTracePhase(1, new BlockKind(1, 400, 0, new SizeBand(8, 16385, 65536), new SizeBand(3, 65537, 262144), new SizeBand(1, 262145, 1048576)))),
        new("shift", "sizes that grow from phase to phase, while a sixth of each phase's blocks stays to the end",
            new HeapTracePhase(1, new BlockKind(5, 300, 0, new SizeBand(1, 24, 48)), new BlockKind(1, 0, 0, new SizeBand(1, 24, 48))),
            new HeapTracePhase(1, new BlockKind(5, 300, 0, new SizeBand(1, 49, 96)), new BlockKind(1, 0, 0, new SizeBand(1, 49, 96))),
            new HeapTracePhase(1, new BlockKind(5, 300, 0, new SizeBand(1, 97, 192)), new BlockKind(1, 0, 0, new SizeBand(1, 97, 192))),
            new HeapTracePhase(1, new BlockKind(5, 300, 0, new SizeBand(1, 193, 384)))),
    ];

    /// <summary>The one with a name.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public static HeapTraceProfile Named(string name) =>
        All.FirstOrDefault(profile => profile.Name == name) ??
        throw new LabException($"there is no profile '{name}': {string.Join(", ", All.Select(profile => profile.Name))}");
}
