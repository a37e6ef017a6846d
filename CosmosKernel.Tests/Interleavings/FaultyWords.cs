using MemOS.Collections;

namespace MemOS.Tests.Interleavings;

/// <summary>Shared words on which no operation is one step.</summary>
public readonly struct WordsWithoutLock : ISharedWords
{
    private static ExploredWords Words => default;

    public int Read(ref int word) => Words.Read(ref word);

    public ulong Read(ref ulong word) => Words.Read(ref word);

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

    public int Add(ref int word, int addend)
    {
        int sum = Words.Read(ref word) + addend;
        Words.Write(ref word, sum);
        return sum;
    }

    public ulong Add(ref ulong word, ulong addend)
    {
        ulong sum = Words.Read(ref word) + addend;
        Words.Write(ref word, sum);
        return sum;
    }

    public int Exchange(ref int word, int value)
    {
        int old = Words.Read(ref word);
        Words.Write(ref word, value);
        return old;
    }

    public ulong Exchange(ref ulong word, ulong value)
    {
        ulong old = Words.Read(ref word);
        Words.Write(ref word, value);
        return old;
    }

    public int CompareExchange(ref int word, int value, int expected)
    {
        int old = Words.Read(ref word);
        if (old == expected) Words.Write(ref word, value);
        return old;
    }

    public ulong CompareExchange(ref ulong word, ulong value, ulong expected)
    {
        ulong old = Words.Read(ref word);
        if (old == expected) Words.Write(ref word, value);
        return old;
    }

    public ulong Or(ref ulong word, ulong bits)
    {
        ulong old = Words.Read(ref word);
        Words.Write(ref word, old | bits);
        return old;
    }

    public ulong And(ref ulong word, ulong bits)
    {
        ulong old = Words.Read(ref word);
        Words.Write(ref word, old & bits);
        return old;
    }

    public void Fence() => Words.Fence();
}
