using System;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>Page tables of a test: a mapper over memory of its own.</summary>
public sealed class HostTables<TFormat> : IDisposable
    where TFormat : struct, IPagingFormat
{
    private PageMapper<HostMemory, TFormat, HostTableFrames> _mapper;

    public HostTables(FrameNumber first, ulong frameCount)
    {
        Memory = HostMemory.Create(first, frameCount);
        HostTableFrames frames = HostTableFrames.Over(Memory, default(TFormat).PageShift);
        frames.TryAllocate(out FrameNumber root);
        _mapper = new PageMapper<HostMemory, TFormat, HostTableFrames>(Memory, frames, root, int.MaxValue, TopTables.Freed);
    }

    public HostMemory Memory { get; }

    public PhysAddr Root => _mapper.Root;

    public IPageTables View => new PageTables<HostMemory, TFormat>(Memory, Root);

    public HostTables<TFormat> Map(ulong start, ulong target, ulong sizeBytes, PageFlags flags)
    {
        PendingFlush flush = _mapper.MapRange(VirtAddr.FromTrusted(start), PhysAddr.FromTrusted(target), sizeBytes, flags, LargePages.WhereTheyFit, out PagingResult result);
        KernelAssert.That(result == PagingResult.Ok && !flush.DropsTables, "HostTables: not mapped");
        return this;
    }

    /// <summary>Sets bits of the entry that the walk of <paramref name="address"/> reads at <paramref name="level"/>, whatever they mean.</summary>
    public void SetBits(ulong address, int level, ulong bits)
    {
        BitSetter setter = new(Memory, level, bits);
        _mapper.Walker.Explain(VirtAddr.FromTrusted(address), ref setter);
    }

    public void Dispose() => Memory.Dispose();

    private readonly struct BitSetter(HostMemory memory, int level, ulong bits) : IWalkStepVisitor
    {
        public void Visit(in WalkStep step)
        {
            if (step.Level != level) return;
            TableEntries<HostMemory, TFormat> entries = new(memory);
            entries.Write(entries.SlotAt(step.Table, step.Index), step.Entry | bits);
        }
    }
}
