using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Memory.Tlb;
using MemOS.Tests.Interleavings;

namespace MemOS.Tests.Memory.Tlb;

/// <summary>What is left out of the shootdown.</summary>
public interface IBreak
{
    WordFault Fault { get; }
}

/// <summary>A step of the shootdown that does not happen, or comes late.</summary>
public enum WordFault
{
    /// <summary>A switch does not see how many flushes there were.</summary>
    BlindSwitch,

    /// <summary>A switch makes the processor a user only after it has read how many flushes there were.</summary>
    LateUser,

    /// <summary>A flush does not wait for answers.</summary>
    NoWait,
}

/// <summary>The words of a scenario's first two processors, with a step of the shootdown left out.</summary>
public readonly unsafe struct BrokenWords<TBreak> : ISharedWords
    where TBreak : struct, IBreak
{
    private static ExploredWords Words => default;

    private static WordFault Fault => default(TBreak).Fault;

    public int Read(ref int word) => Words.Read(ref word);

    public ulong Read(ref ulong word)
    {
        ulong value = Words.Read(ref word);
        if (Fault == WordFault.BlindSwitch && BrokenWords.IsGeneration(ref word)) return 0;
        if (Fault == WordFault.LateUser && BrokenWords.IsGeneration(ref word)) BrokenWords.CatchUp();
        return Fault == WordFault.NoWait && BrokenWords.IsAwaitedAgain(ref word) ? 0 : value;
    }

    public byte Read(ref byte word) => Words.Read(ref word);

    public nuint Read(ref nuint word) => Words.Read(ref word);

    public nuint ReadOwn(ref nuint word) => Words.ReadOwn(ref word);

    public int ReadOwn(ref int word) => Words.ReadOwn(ref word);

    public void Write(ref int word, int value) => Words.Write(ref word, value);

    public void Write(ref ulong word, ulong value) => Words.Write(ref word, value);

    public void Write(ref byte word, byte value) => Words.Write(ref word, value);

    public void Write(ref nuint word, nuint value) => Words.Write(ref word, value);

    public void AddOwn(ref nuint word, nint addend) => Words.AddOwn(ref word, addend);

    public void AddOwn(ref int word, int addend) => Words.AddOwn(ref word, addend);

    public int Add(ref int word, int addend) => Words.Add(ref word, addend);

    public ulong Add(ref ulong word, ulong addend) => Words.Add(ref word, addend);

    public int Exchange(ref int word, int value) => Words.Exchange(ref word, value);

    public ulong Exchange(ref ulong word, ulong value) => Words.Exchange(ref word, value);

    public int CompareExchange(ref int word, int value, int expected) => Words.CompareExchange(ref word, value, expected);

    public ulong CompareExchange(ref ulong word, ulong value, ulong expected) => Words.CompareExchange(ref word, value, expected);

    public ulong Or(ref ulong word, ulong bits)
    {
        if (Fault != WordFault.LateUser || !BrokenWords.IsUsers(ref word)) return Words.Or(ref word, bits);
        BrokenWords.Delay(ref word, bits);
        return 0;
    }

    public ulong And(ref ulong word, ulong bits) => Words.And(ref word, bits);

    public void Fence() => Words.Fence();
}

/// <summary>Where the words lie that a <see cref="BrokenWords{TBreak}"/> mistreats. One scenario runs at a time.</summary>
public static unsafe class BrokenWords
{
    private const int GenerationOffset = SpaceTag.WordCount * sizeof(ulong);
    private const int AwaitedOffset = ProcessorTlb.Alignment;

    private static byte* s_space;
    private static byte* s_first;
    private static ulong* s_delayed;
    private static ulong s_bits;
    private static int s_looks;

    public static void Aim(SpaceTag* space, ProcessorTlb* first)
    {
        s_space = (byte*)space;
        s_first = (byte*)first;
        s_delayed = null;
        s_looks = 0;
    }

    public static bool IsGeneration(ref ulong word) => Unsafe.AsPointer(ref word) == s_space + GenerationOffset;

    public static bool IsUsers(ref ulong word) => Unsafe.AsPointer(ref word) == s_space;

    /// <summary>The first look is for whom to ask.</summary>
    public static bool IsAwaitedAgain(ref ulong word) => Unsafe.AsPointer(ref word) == s_first + AwaitedOffset && s_looks++ != 0;

    /// <summary>Keeps bits back that <see cref="CatchUp"/> sets.</summary>
    public static void Delay(ref ulong word, ulong bits)
    {
        s_delayed = (ulong*)Unsafe.AsPointer(ref word);
        s_bits = bits;
    }

    public static void CatchUp()
    {
        if (s_delayed == null) return;
        ulong* word = s_delayed;
        s_delayed = null;
        default(ExploredWords).Or(ref *word, s_bits);
    }
}
