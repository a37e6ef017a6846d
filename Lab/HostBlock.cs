using System;
using System.Runtime.InteropServices;
using MemOS.Primitives;

namespace MemOS.Lab;

/// <summary>Memory for a structure of the kernel: it stays where it is, begins at a frame's boundary and is cleared.</summary>
internal sealed unsafe class HostBlock : IDisposable
{
    public HostBlock(ulong sizeBytes)
    {
        SizeBytes = sizeBytes;
        Bytes = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(sizeBytes, 1), (nuint)FrameNumber.SizeBytes);
        NativeMemory.Clear(Bytes, (nuint)sizeBytes);
    }

    public byte* Bytes { get; }

    public ulong SizeBytes { get; }

    public void Dispose() => NativeMemory.AlignedFree(Bytes);
}
