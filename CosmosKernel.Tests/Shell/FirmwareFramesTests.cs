using System;
using System.Linq;
using MemOS.Boot;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class FirmwareFramesTests
{
    private const int Frames = 40;
    private const int Size = (int)FrameNumber.SizeBytes;

    [Test]
    public void Each_frame_is_counted_once_as_a_count_by_bytes_says([Range(1, 200)] int seed)
    {
        Random random = new(seed);
        using FirmwareMap firmware = new();
        var bytes = new MemoryKind[Frames * Size];
        for (int i = random.Next(1, 12); i > 0; i--)
        {
            // Bounds near frames' bounds, so that frames are shared and missed by a byte.
            int start = Bound(random);
            int length = Math.Min(bytes.Length - start, random.Next(3) == 0 ? random.Next(2 * Size) : Bound(random));
            var kind = (MemoryKind)random.Next(1, MemoryKinds.Count);
            firmware.Add((ulong)start, (ulong)length, kind);
            for (int at = start; at < start + length; at++) bytes[at] = kind > bytes[at] ? kind : bytes[at];
        }

        FirmwareFrames counted = new(firmware.Build());
        int end = (Array.FindLastIndex(bytes, kind => kind != MemoryKind.None) + Size) / Size;
        var strictest = new MemoryKind[end];
        int usable = 0;
        for (int frame = 0; frame < end; frame++)
        {
            var content = bytes.AsSpan(frame * Size, Size).ToArray();
            strictest[frame] = content.Max();
            if (content.All(kind => kind == MemoryKind.Usable)) usable++;
        }

        Assert.That(counted.End.Value, Is.EqualTo((ulong)end));
        Assert.That(counted.Usable, Is.EqualTo((ulong)usable));
        Assert.That(counted.PartlyUsable, Is.EqualTo((ulong)(strictest.Count(kind => kind == MemoryKind.Usable) - usable)));
        Assert.That(counted.Holes, Is.EqualTo((ulong)strictest.Count(kind => kind == MemoryKind.None)));
        for (MemoryKind kind = MemoryKind.AcpiReclaimable; (int)kind < MemoryKinds.Count; kind++)
            Assert.That(counted.Of(kind), Is.EqualTo((ulong)strictest.Count(other => other == kind)), kind.Description());
    }

    private static int Bound(Random random) => Math.Max(0, random.Next(Frames) * Size + random.Next(-1, 2));
}
