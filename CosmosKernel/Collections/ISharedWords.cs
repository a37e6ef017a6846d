namespace MemOS.Collections;

/// <summary>How code reads and writes words that several processors share.</summary>
/// <remarks>
/// Used as a struct type parameter: <see cref="MachineWords"/> in the machine. Code that touches shared words only through it can be run by
/// tests step by step, in any order of the processors' steps, with stores that others see late.
/// <para>A read is not moved behind a later access, a write not before an earlier one. The other operations are one step for all processors, which
/// have seen all earlier writes of the one that makes it. A write and a later read of another word may change places, unless there is a
/// <see cref="Fence"/> or one of those between them (Intel SDM vol. 3A, 9.2.2).</para>
/// </remarks>
public interface ISharedWords
{
    /// <summary>The word as this processor sees it.</summary>
    int Read(ref int word);

    /// <inheritdoc cref="Read(ref int)"/>
    ulong Read(ref ulong word);

    /// <inheritdoc cref="Read(ref int)"/>
    byte Read(ref byte word);

    /// <inheritdoc cref="Read(ref int)"/>
    nuint Read(ref nuint word);

    /// <summary>A word that only this processor writes, as it wrote it last.</summary>
    nuint ReadOwn(ref nuint word);

    /// <inheritdoc cref="ReadOwn(ref nuint)"/>
    int ReadOwn(ref int word);

    /// <summary>Writes the word; others see it later.</summary>
    void Write(ref int word, int value);

    /// <inheritdoc cref="Write(ref int, int)"/>
    void Write(ref ulong word, ulong value);

    /// <inheritdoc cref="Write(ref int, int)"/>
    void Write(ref byte word, byte value);

    /// <inheritdoc cref="Write(ref int, int)"/>
    void Write(ref nuint word, nuint value);

    /// <summary>Adds to a word that only this processor writes, with wrap-around: a <see cref="ReadOwn(ref nuint)"/> and a write.</summary>
    void AddOwn(ref nuint word, nint addend);

    /// <inheritdoc cref="AddOwn(ref nuint, nint)"/>
    void AddOwn(ref int word, int addend);

    /// <summary>Adds to the word, with wrap-around; what it is then.</summary>
    int Add(ref int word, int addend);

    /// <inheritdoc cref="Add(ref int, int)"/>
    ulong Add(ref ulong word, ulong addend);

    /// <summary>Writes the word; what it was.</summary>
    int Exchange(ref int word, int value);

    /// <inheritdoc cref="Exchange(ref int, int)"/>
    ulong Exchange(ref ulong word, ulong value);

    /// <summary>Writes <paramref name="value"/> where the word is <paramref name="expected"/>; what it was.</summary>
    int CompareExchange(ref int word, int value, int expected);

    /// <inheritdoc cref="CompareExchange(ref int, int, int)"/>
    ulong CompareExchange(ref ulong word, ulong value, ulong expected);

    /// <summary>Sets bits of the word; what it was.</summary>
    ulong Or(ref ulong word, ulong bits);

    /// <summary>Keeps bits of the word and clears the others; what it was.</summary>
    ulong And(ref ulong word, ulong bits);

    /// <summary>Others have seen all earlier writes before this processor goes on.</summary>
    void Fence();
}
