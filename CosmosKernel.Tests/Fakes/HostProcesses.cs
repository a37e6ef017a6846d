using System;
using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using NUnit.Framework;
using Mapper = MemOS.Memory.Paging.PageMapper<MemOS.Tests.Fakes.WatchedMemory, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>, MemOS.Tests.Fakes.HostTableFrames>;
using Space = MemOS.Memory.Virtual.AddressSpace<
    MemOS.Tests.Fakes.WatchedMemory, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>, MemOS.Tests.Fakes.HostTableFrames, MemOS.Tests.Fakes.HostTlb, MemOS.Tests.Fakes.HostGuard>;
using User = MemOS.Memory.Virtual.UserMemory<MemOS.Tests.Fakes.HostSpace, MemOS.Tests.Fakes.HostMemory, MemOS.Tests.Fakes.HostUserSource>;

namespace MemOS.Tests.Fakes;

/// <summary>A machine of a test for processes: page tables under a model of the processor, frames, and the processes' memory.</summary>
public sealed class HostProcesses : IDisposable
{
    public const ulong PageBytes = PageNumber.SizeBytes;

    private readonly HostTableFrames _tables;
    private readonly WatchedMemory _tableMemory;
    private readonly Mapper _kernel;
    private readonly int _tablesBefore;
    private ulong _made;

    public HostProcesses(ulong frameCount = 4096)
    {
        _tableMemory = WatchedMemory.Create(FrameNumber.FromTrusted(0x100), 1024);
        _tables = HostTableFrames.Over(_tableMemory);
        Memory = HostMemory.Create(FrameNumber.FromTrusted(0x1_0000), frameCount);
        Source = new HostUserSource(Memory);
        Assert.That(_tables.TryAllocate(out FrameNumber root));
        _kernel = new Mapper(_tableMemory, _tables, root, int.MaxValue, TopTables.Kept);
        SpaceTag tag = new(0);
        Tlb = new HostTlb(new ModelTlb(default(X64FourLevel), _tableMemory, root.Start), 3, in tag);
        _tablesBefore = _tables.OutCount;
    }

    public HostMemory Memory { get; }

    public HostUserSource Source { get; }

    public HostTableFrames Tables => _tables;

    public HostTlb Tlb { get; }

    /// <summary>64 MiB from 64 KiB on; what lies anywhere goes into the upper half of them.</summary>
    public static UserRange Range { get; } = new(Pages(0x10, 0x4000), Pages(0x2000, 0x2010));

    public static PageRange Pages(ulong first, ulong count) => new(PageNumber.FromTrusted(first), count);

    public static VirtAddr At(ulong page) => PageNumber.FromTrusted(page).Start;

    /// <summary>The memory of a new process; null when there is no frame for its root table.</summary>
    public HostProcess? TryMake(UserLimits limits)
    {
        if (!Space.TryCreate(_tableMemory, _tables, Tlb, default, _kernel.Root, int.MaxValue, ++_made, out Space space)) return null;
        return new HostProcess(new User(new HostSpace(space), Memory, Source, Range, limits), Memory);
    }

    public HostProcess Make() => TryMake(UserLimits.None) ?? throw new InvalidOperationException("no frame for a root");

    /// <summary>Takes everything from a process; the kernel runs on its own tables then.</summary>
    public void End(HostProcess process)
    {
        SpaceTag kernel = new(0);
        Tlb.Switch(_kernel.Root, ref kernel);
        process.Memory.Clear();
        RunRecorder nothing = new(new List<string>());
        process.Memory.Space.Space.Destroy(ref nothing);
        Assert.That(nothing.Lines, Is.Empty, "a page was left behind");
    }

    /// <summary>Nothing is out any more.</summary>
    public void AssertNothingLost()
    {
        Assert.That(Source.OutCount, Is.Zero, "frames, nodes or objects are lost");
        Assert.That(_tables.OutCount, Is.EqualTo(_tablesBefore), "tables are lost");
        for (ulong offset = 0; offset < FrameNumber.SizeBytes; offset += sizeof(ulong))
        {
            Assert.That(Memory.ReadWord(Source.ZeroFrame.Start + offset), Is.Zero, "the frame of zeros was written");
        }
    }

    public void Dispose()
    {
        Source.Dispose();
        Tlb.Dispose();
        Memory.Dispose();
        _tableMemory.Dispose();
    }
}
