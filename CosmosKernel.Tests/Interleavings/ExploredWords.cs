using System.Runtime.CompilerServices;
using MemOS.Collections;

namespace MemOS.Tests.Interleavings;

/// <summary>Shared words with store buffers, each operation a step that an <see cref="Explorer"/> orders. The words do not move.</summary>
public readonly unsafe struct ExploredWords : ISharedWords
{
    /// <inheritdoc/>
    public int Read(ref int word) => (int)Look(ref word, sizeof(int));

    /// <inheritdoc/>
    public ulong Read(ref ulong word) => Look(ref word, sizeof(ulong));

    /// <inheritdoc/>
    public byte Read(ref byte word) => (byte)Look(ref word, sizeof(byte));

    /// <inheritdoc/>
    public nuint Read(ref nuint word) => (nuint)Look(ref word, sizeof(nuint));

    /// <inheritdoc/>
    /// <remarks>No step: what others do changes nothing of it.</remarks>
    public nuint ReadOwn(ref nuint word) => (nuint)Execution.Current.Read(AddressOf(ref word), sizeof(nuint));

    /// <inheritdoc/>
    public int ReadOwn(ref int word) => (int)Execution.Current.Read(AddressOf(ref word), sizeof(int));

    /// <inheritdoc/>
    public void Write(ref int word, int value) => Put(ref word, sizeof(int), (uint)value);

    /// <inheritdoc/>
    public void Write(ref ulong word, ulong value) => Put(ref word, sizeof(ulong), value);

    /// <inheritdoc/>
    public void Write(ref byte word, byte value) => Put(ref word, sizeof(byte), value);

    /// <inheritdoc/>
    public void Write(ref nuint word, nuint value) => Put(ref word, sizeof(nuint), value);

    /// <inheritdoc/>
    public void AddOwn(ref nuint word, nint addend) => Write(ref word, unchecked(ReadOwn(ref word) + (nuint)addend));

    /// <inheritdoc/>
    public void AddOwn(ref int word, int addend) => Write(ref word, unchecked(ReadOwn(ref word) + addend));

    /// <inheritdoc/>
    public int Add(ref int word, int addend)
    {
        StepLocked("adds to", ref word);
        return word += addend;
    }

    /// <inheritdoc/>
    public ulong Add(ref ulong word, ulong addend)
    {
        StepLocked("adds to", ref word);
        return word += addend;
    }

    /// <inheritdoc/>
    public int Exchange(ref int word, int value)
    {
        StepLocked("exchanges", ref word);
        int old = word;
        word = value;
        return old;
    }

    /// <inheritdoc/>
    public ulong Exchange(ref ulong word, ulong value)
    {
        StepLocked("exchanges", ref word);
        ulong old = word;
        word = value;
        return old;
    }

    /// <inheritdoc/>
    public int CompareExchange(ref int word, int value, int expected)
    {
        StepLocked("compares and exchanges", ref word);
        int old = word;
        if (old == expected) word = value;
        return old;
    }

    /// <inheritdoc/>
    public ulong CompareExchange(ref ulong word, ulong value, ulong expected)
    {
        StepLocked("compares and exchanges", ref word);
        ulong old = word;
        if (old == expected) word = value;
        return old;
    }

    /// <inheritdoc/>
    public ulong Or(ref ulong word, ulong bits)
    {
        StepLocked("sets bits of", ref word);
        ulong old = word;
        word = old | bits;
        return old;
    }

    /// <inheritdoc/>
    public ulong And(ref ulong word, ulong bits)
    {
        StepLocked("clears bits of", ref word);
        ulong old = word;
        word = old & bits;
        return old;
    }

    /// <inheritdoc/>
    public void Fence()
    {
        Execution execution = Execution.Current;
        execution.Step("lets its writes be seen");
        execution.Flush();
    }

    private static nuint AddressOf<T>(ref T word)
        where T : unmanaged => (nuint)Unsafe.AsPointer(ref word);

    private static ulong Look<T>(ref T word, int sizeBytes)
        where T : unmanaged => Step("reads", ref word).Read(AddressOf(ref word), sizeBytes);

    // No step either: it goes into the processor's buffer, where nobody sees it before it is committed.
    private static void Put<T>(ref T word, int sizeBytes, ulong value)
        where T : unmanaged
    {
        Execution execution = Execution.Current;
        execution.Note($"writes {value:X} to {AddressOf(ref word) & 0xFFFF:X}");
        execution.Write(AddressOf(ref word), sizeBytes, value);
    }

    private static Execution Step<T>(string what, ref T word)
        where T : unmanaged
    {
        Execution execution = Execution.Current;
        execution.Step($"{what} {AddressOf(ref word) & 0xFFFF:X}", AddressOf(ref word), sizeof(T));
        return execution;
    }

    private static void StepLocked<T>(string what, ref T word)
        where T : unmanaged
    {
        Execution execution = Step(what, ref word);
        execution.Flush();
        execution.Changed(AddressOf(ref word), sizeof(T));
    }
}
