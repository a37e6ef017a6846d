using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>Keeps each translation that it is shown until it is told to forget it, as a processor may.</summary>
public readonly struct HostTlb() : ITlb
{
    private readonly Dictionary<ulong, ulong> _frames = [];

    public bool Holds(FrameNumber frame) => _frames.ContainsValue(frame.Value);

    /// <summary>The processor uses <paramref name="page"/>, behind which <paramref name="frame"/> lies.</summary>
    public void Use(PageNumber page, FrameNumber frame) => _frames[page.Value] = frame.Value;

    public void Flush(PendingFlush pending)
    {
        if (pending.IsEverything) _frames.Clear();
        ulong first = pending.Start.ContainingPage.Value;
        ulong count = pending.PageCount * pending.PageSizeBytes / PageNumber.SizeBytes;
        foreach (ulong page in _frames.Keys.Where(page => page - first < count).ToList()) _frames.Remove(page);
    }
}
