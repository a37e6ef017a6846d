using System;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>A <see cref="HostMemory"/> for page tables, of which a model of the processor is told what is written. A copy stands for the same.</summary>
public readonly unsafe struct WatchedMemory : IPhysicalMemory, IDisposable
{
    private readonly HostMemory _memory;
    private readonly Watch _watch;

    private WatchedMemory(HostMemory memory, Watch watch)
    {
        _memory = memory;
        _watch = watch;
    }

    public FrameRange Frames => _memory.Frames;

    /// <summary>Who is told of each word before it is written; nobody at first.</summary>
    public IMemoryWatcher? Watcher
    {
        get => _watch.Watcher;
        set => _watch.Watcher = value;
    }

    public static WatchedMemory Of(HostMemory memory) => new(memory, new Watch());

    public static WatchedMemory Create(FrameNumber first, ulong frameCount) => Of(HostMemory.Create(first, frameCount));

    public static WatchedMemory Create(ulong frameCount) => Create(FrameNumber.Zero, frameCount);

    public void Dispose() => _memory.Dispose();

    public ulong ReadWord(PhysAddr address) => _memory.ReadWord(address);

    public void WriteWord(PhysAddr address, ulong value)
    {
        _watch.Watcher?.Writing(address, ReadWord(address), value);
        _memory.WriteWord(address, value);
    }

    public void WriteWords(PhysAddr start, int count, ulong first, ulong step) => WordRow.Write(this, start, count, first, step);

    public uint ReadHalfWord(PhysAddr address) => _memory.ReadHalfWord(address);

    public void WriteHalfWord(PhysAddr address, uint value)
    {
        _watch.Watcher?.Writing(address, ReadHalfWord(address), value);
        _memory.WriteHalfWord(address, value);
    }

    public void ZeroFrame(FrameNumber frame) => _memory.ZeroFrame(frame);

    /// <summary>What lies at <paramref name="address"/>, as items of a type.</summary>
    public ReadOnlySpan<T> Items<T>(PhysAddr address, ulong sizeBytes)
        where T : unmanaged => new(Pointer(address), (int)(sizeBytes / (ulong)sizeof(T)));

    public byte* Pointer(PhysAddr address) => _memory.Pointer(address);

    private sealed class Watch
    {
        public IMemoryWatcher? Watcher { get; set; }
    }
}
