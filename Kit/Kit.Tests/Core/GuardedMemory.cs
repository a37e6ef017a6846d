using System;
using System.Runtime.InteropServices;

namespace MemOS.Kit.Tests.Core;

/// <summary>Memory whose end is followed by a page that nobody may touch: reading on ends the test run.</summary>
/// <remarks>Elsewhere than on Linux it is ordinary memory. The start is aligned to 8 bytes, so up to 7 bytes of slack precede the guard.</remarks>
internal sealed unsafe class GuardedMemory : IDisposable
{
    private const int PageSize = 4096;

    private readonly byte* _mapping;
    private readonly nuint _mappingBytes;

    public GuardedMemory(ReadOnlySpan<byte> contents)
    {
        nuint pages = ((nuint)contents.Length + PageSize - 1) / PageSize + 1;
        _mappingBytes = pages * PageSize;
        _mapping = OperatingSystem.IsLinux() ? Map(_mappingBytes) : (byte*)NativeMemory.AlignedAlloc(_mappingBytes, PageSize);
        Start = _mapping + (((nuint)(pages - 1) * PageSize - (nuint)contents.Length) & ~(nuint)7);
        contents.CopyTo(new Span<byte>(Start, contents.Length));
    }

    public byte* Start { get; }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
            _ = munmap(_mapping, _mappingBytes);
        else
            NativeMemory.AlignedFree(_mapping);
    }

    private static byte* Map(nuint size)
    {
        const int ReadWrite = 3;
        const int PrivateAnonymous = 0x22;
        byte* mapping = mmap(null, size, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapping == (byte*)-1 || mprotect(mapping + size - PageSize, PageSize, 0) != 0)
            throw new OutOfMemoryException();
        return mapping;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern byte* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", SetLastError = true)]
    private static extern int mprotect(void* address, nuint length, int protection);

    [DllImport("libc", SetLastError = true)]
    private static extern int munmap(void* address, nuint length);
}
