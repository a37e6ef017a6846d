using System.Runtime.CompilerServices;
using System.Threading;

namespace MemOS.Collections;

/// <summary>Shared words as the machine has them: each operation is one instruction, LOCK before it where it reads and writes.</summary>
public readonly struct MachineWords : ISharedWords
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(ref int word) => Volatile.Read(ref word);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Read(ref ulong word) => Volatile.Read(ref word);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Read(ref byte word) => Volatile.Read(ref word);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nuint Read(ref nuint word) => Volatile.Read(ref word);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nuint ReadOwn(ref nuint word) => word;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadOwn(ref int word) => word;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ref int word, int value) => Volatile.Write(ref word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ref ulong word, ulong value) => Volatile.Write(ref word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ref byte word, byte value) => Volatile.Write(ref word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ref nuint word, nuint value) => Volatile.Write(ref word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddOwn(ref nuint word, nint addend) => Volatile.Write(ref word, unchecked(word + (nuint)addend));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddOwn(ref int word, int addend) => Volatile.Write(ref word, unchecked(word + addend));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ref int word, int addend) => Interlocked.Add(ref word, addend);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Add(ref ulong word, ulong addend) => Interlocked.Add(ref word, addend);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Exchange(ref int word, int value) => Interlocked.Exchange(ref word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Exchange(ref ulong word, ulong value) => Interlocked.Exchange(ref word, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CompareExchange(ref int word, int value, int expected) => Interlocked.CompareExchange(ref word, value, expected);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong CompareExchange(ref ulong word, ulong value, ulong expected) => Interlocked.CompareExchange(ref word, value, expected);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Or(ref ulong word, ulong bits) => Interlocked.Or(ref word, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong And(ref ulong word, ulong bits) => Interlocked.And(ref word, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fence() => Interlocked.MemoryBarrier();
}
