using System;
using System.Runtime.InteropServices;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>Storage as a kernel structure is given it: native, aligned to a frame, full of a pattern.</summary>
public readonly unsafe struct NativeStorage : IDisposable
{
    public NativeStorage(ulong sizeBytes)
    {
        SizeBytes = sizeBytes;
        Bytes = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(sizeBytes, 1), (nuint)FrameNumber.SizeBytes);
        NativeMemory.Fill(Bytes, (nuint)sizeBytes, 0xA5);
    }

    public byte* Bytes { get; }

    public ulong SizeBytes { get; }

    public void Dispose() => NativeMemory.AlignedFree(Bytes);
}
