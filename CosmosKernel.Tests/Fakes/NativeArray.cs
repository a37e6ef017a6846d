using System;
using System.Runtime.InteropServices;
using MemOS.Collections;

namespace MemOS.Tests.Fakes;

/// <summary>Storage for a <see cref="StructArray{T}"/>.</summary>
public sealed unsafe class NativeArray<T>(int count) : IDisposable
    where T : unmanaged
{
    private readonly byte* _storage = (byte*)NativeMemory.Alloc((nuint)StructArray<T>.BytesFor(count));

    public StructArray<T> Items => new(_storage, count);

    public void Dispose() => NativeMemory.Free(_storage);
}
