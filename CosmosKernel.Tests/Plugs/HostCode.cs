using System;
using System.Runtime.InteropServices;
using MemOS.Kit.Tests.XSharp;
using NUnit.Framework;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace MemOS.Tests.Plugs;

/// <summary>Machine code that this process can call: x86-64 Linux only, where the calling convention is the kernel's.</summary>
internal sealed unsafe partial class HostCode : IDisposable
{
    private const int ReadWriteExecute = 1 | 2 | 4;
    private const int PrivateAnonymous = 2 | 0x20;

    private readonly nuint _length;

    /// <summary>Assembles a source; execution begins with its first instruction.</summary>
    public HostCode(string source)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != ProcessorArchitecture.X64)
        {
            Assert.Ignore("The code is x86-64's with the System V convention: this machine cannot run it.");
        }

        byte[] image = Nasm.AssembleFlat(source);
        _length = (nuint)image.Length;
        Start = Map(null, _length, ReadWriteExecute, PrivateAnonymous, -1, 0);
        Assert.That((nint)Start, Is.Not.EqualTo(-1), "mmap");
        image.CopyTo(new Span<byte>(Start, image.Length));
    }

    /// <summary>The first instruction.</summary>
    public byte* Start { get; }

    /// <summary>How many bytes the source gave.</summary>
    public int Length => (int)_length;

    public void Dispose()
    {
        _ = Unmap(Start, _length);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
