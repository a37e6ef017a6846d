using System.Runtime.CompilerServices;
using MemOS.Collections;

namespace MemOS.Tests.Interleavings;

/// <summary>Shared words with store buffers, each operation a step that an <see cref="Explorer"/> orders. The words do not move.</summary>
public readonly unsafe struct ExploredWords : ISharedWords
{
    /// <inheritdoc/>
    public int Read(ref int word)
    {
        Execution execution = Step("reads", ref word);
        return (int)execution.Read(AddressOf(ref word), (uint)word);
    }

    /// <inheritdoc/>
    public ulong Read(ref ulong word)
    {
        Execution execution = Step("reads", ref word);
        return execution.Read(AddressOf(ref word), word);
    }

    /// <inheritdoc/>
    public void Write(ref int word, int value)
    {
        int* place = (int*)AddressOf(ref word);
        Step($"writes {value} to", ref word).Write((nuint)place, (uint)value, () => *place = value);
    }

    /// <inheritdoc/>
    public void Write(ref ulong word, ulong value)
    {
        ulong* place = (ulong*)AddressOf(ref word);
        Step($"writes {value} to", ref word).Write((nuint)place, value, () => *place = value);
    }

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

    private static Execution Step<T>(string what, ref T word)
        where T : unmanaged
    {
        Execution execution = Execution.Current;
        execution.Step($"{what} {AddressOf(ref word) & 0xFFFF:X}");
        return execution;
    }

    private static void StepLocked<T>(string what, ref T word)
        where T : unmanaged
    {
        Execution execution = Step(what, ref word);
        execution.Flush();
        execution.CountCommit();
    }
}
