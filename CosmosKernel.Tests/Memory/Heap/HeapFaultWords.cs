using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Memory.Heap;
using MemOS.Tests.Interleavings;

namespace MemOS.Tests.Memory.Heap;

/// <summary>What is wrong with how CPUs share what a heap has.</summary>
public interface IHeapWordFault
{
    HeapWordFault Fault { get; }
}

/// <summary>A step that is left out, or comes too early or too late.</summary>
public enum HeapWordFault
{
    /// <summary>To compare and to exchange are two steps.</summary>
    PlainExchange,

    /// <summary>Who looks for rounds of an empty slab does not see other CPUs'.</summary>
    BlindLook,

    /// <summary>A popped round is gone before its object is Live.</summary>
    EarlyTop,

    /// <summary>A pushed round counts before it is written.</summary>
    LateRound,
}

/// <summary>Shared words on which a heap does one of these.</summary>
public readonly unsafe struct HeapFaultWords<TFault> : ISharedWords
    where TFault : struct, IHeapWordFault
{
    // Writes that are to change places with the next move of a top.
    [ThreadStatic]
    private static List<(nint Address, nuint Value, bool IsByte)>? t_kept;

    private static ExploredWords Words => default;

    private static HeapWordFault Fault => default(TFault).Fault;

    private static List<(nint Address, nuint Value, bool IsByte)> Kept => t_kept ??= [];

    public int Read(ref int word)
    {
        WriteKept();
        return Words.Read(ref word);
    }

    public ulong Read(ref ulong word) => Words.Read(ref word);

    public byte Read(ref byte word)
    {
        WriteKept();
        return Words.Read(ref word);
    }

    public nuint Read(ref nuint word)
    {
        WriteKept();
        nuint address = (nuint)Unsafe.AsPointer(ref word);
        bool isTop = address % Magazine.LineBytes == 0;
        return Fault == HeapWordFault.BlindLook && isTop ? address + Magazine.LineBytes : Words.Read(ref word);
    }

    public nuint ReadOwn(ref nuint word)
    {
        foreach ((nint address, nuint value, bool isByte) in Kept)
        {
            if (!isByte && address == (nint)Unsafe.AsPointer(ref word)) return value;
        }

        return Words.ReadOwn(ref word);
    }

    public int ReadOwn(ref int word) => Words.ReadOwn(ref word);

    public void AddOwn(ref int word, int addend) => Words.AddOwn(ref word, addend);

    public void Write(ref int word, int value) => Words.Write(ref word, value);

    public void Write(ref ulong word, ulong value) => Words.Write(ref word, value);

    public void Write(ref byte word, byte value)
    {
        if (Fault == HeapWordFault.EarlyTop && value == ObjectState.Live) Kept.Add(((nint)Unsafe.AsPointer(ref word), value, true));
        else Words.Write(ref word, value);
    }

    public void Write(ref nuint word, nuint value)
    {
        if (Fault == HeapWordFault.LateRound) Kept.Add(((nint)Unsafe.AsPointer(ref word), value, false));
        else Words.Write(ref word, value);
    }

    public void AddOwn(ref nuint word, nint addend)
    {
        Words.AddOwn(ref word, addend);
        WriteKept();
    }

    public int Add(ref int word, int addend)
    {
        WriteKept();
        return Words.Add(ref word, addend);
    }

    public ulong Add(ref ulong word, ulong addend) => Words.Add(ref word, addend);

    public int Exchange(ref int word, int value) => Words.Exchange(ref word, value);

    public ulong Exchange(ref ulong word, ulong value) => Words.Exchange(ref word, value);

    public int CompareExchange(ref int word, int value, int expected)
    {
        WriteKept();
        return Fault == HeapWordFault.PlainExchange ? default(WordsWithoutLock).CompareExchange(ref word, value, expected) : Words.CompareExchange(ref word, value, expected);
    }

    public ulong CompareExchange(ref ulong word, ulong value, ulong expected) => Words.CompareExchange(ref word, value, expected);

    public ulong Or(ref ulong word, ulong bits) => Words.Or(ref word, bits);

    public ulong And(ref ulong word, ulong bits) => Words.And(ref word, bits);

    public void Fence() => Words.Fence();

    private static void WriteKept()
    {
        foreach ((nint address, nuint value, bool isByte) in Kept)
        {
            if (isByte) Words.Write(ref *(byte*)address, (byte)value);
            else Words.Write(ref *(nuint*)address, value);
        }

        Kept.Clear();
    }
}
