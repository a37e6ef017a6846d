using System;
using System.Runtime.InteropServices;
using NUnit.Framework;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace MemOS.Tests.Fakes;

/// <summary>Memory of this process whose addresses fit into 32 bits, as all do on a 32-bit machine; from a multiple of 2 MiB on.</summary>
internal sealed unsafe partial class LowMemory : IDisposable
{
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous32Bit = 2 | 0x20 | 0x40;
    private const nuint Alignment = 2 * 1024 * 1024;

    private readonly byte* _mapped;
    private readonly nuint _length;

    public LowMemory(ulong sizeBytes)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != ProcessorArchitecture.X64)
        {
            Assert.Ignore("Only Linux on x86-64 gives memory with short addresses.");
        }

        _length = (nuint)sizeBytes + Alignment;
        _mapped = Map(null, _length, ReadWrite, PrivateAnonymous32Bit, -1, 0);
        Assert.That((nint)_mapped, Is.Not.EqualTo(-1), "mmap");
        Start = (byte*)(((nuint)_mapped + Alignment - 1) & ~(Alignment - 1));
        Assert.That((ulong)Start + sizeBytes, Is.LessThanOrEqualTo(1UL << 32));
    }

    public byte* Start { get; }

    public void Dispose() => _ = Unmap(_mapped, _length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
