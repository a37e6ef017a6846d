using System;
using System.Runtime.InteropServices;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>Physical memory of a test: frames [first, first + count) in native memory; anything else is an assertion failure.</summary>
/// <remarks>A copy shares the memory. Whoever created it disposes of it once.</remarks>
public readonly unsafe struct HostMemory : IPhysicalMemory, IDisposable
{
    private readonly byte* _bytes;

    private HostMemory(byte* bytes, FrameRange frames)
    {
        _bytes = bytes;
        Frames = frames;
    }

    public FrameRange Frames { get; }

    /// <summary>Memory filled with a pattern, so that what relies on zeros without clearing is seen.</summary>
    public static HostMemory Create(FrameNumber first, ulong frameCount)
    {
        FrameRange frames = new(first, frameCount);
        byte* bytes = (byte*)NativeMemory.AlignedAlloc((nuint)frames.SizeBytes, (nuint)FrameNumber.SizeBytes);
        NativeMemory.Fill(bytes, (nuint)frames.SizeBytes, 0xA5);
        return new HostMemory(bytes, frames);
    }

    public static HostMemory Create(ulong frameCount) => Create(FrameNumber.Zero, frameCount);

    public void Dispose() => NativeMemory.AlignedFree(_bytes);

    public ulong ReadWord(PhysAddr address) => *(ulong*)PointerTo(address, sizeof(ulong));

    public void WriteWord(PhysAddr address, ulong value) => *(ulong*)PointerTo(address, sizeof(ulong)) = value;

    public void WriteWords(PhysAddr start, int count, ulong first, ulong step) => WordRow.Write(this, start, count, first, step);

    public uint ReadHalfWord(PhysAddr address) => *(uint*)PointerTo(address, sizeof(uint));

    public void WriteHalfWord(PhysAddr address, uint value) => *(uint*)PointerTo(address, sizeof(uint)) = value;

    public void ZeroFrame(FrameNumber frame) => FrameBytes.Clear(PointerTo(frame.Start, FrameNumber.SizeBytes));

    public byte* Pointer(PhysAddr address) => PointerTo(address, 1);

    private byte* PointerTo(PhysAddr address, ulong sizeBytes)
    {
        KernelAssert.That(address.IsAligned(sizeBytes), "HostMemory: misaligned access");
        KernelAssert.That(Frames.Contains(address.ContainingFrame), "HostMemory: access outside the memory");
        return _bytes + (address - Frames.Start.Start);
    }
}
