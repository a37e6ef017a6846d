using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>Which address space translations belong to, how often they were to be forgotten, and which processors use them: one in each address space.</summary>
/// <remarks>It is used where it lies. Its words are shared by all processors; what they mean to each other is told at <see cref="Shootdown{TWords,TPeers,TInstructions}"/>.</remarks>
public unsafe struct SpaceTag
{
    /// <summary>How many words hold a bit for each processor.</summary>
    internal const int WordCount = CpuId.Limit / ProcessorBits.PerWord;

    private fixed ulong _users[WordCount];
    private ulong _generation;

    /// <summary>The tag of a space that no processor has seen.</summary>
    /// <param name="id">A number that no other space has, or ever had.</param>
    public SpaceTag(ulong id)
    {
        this = default;
        Id = id;
    }

    /// <summary>The space's number, never used again.</summary>
    public ulong Id { get; }

    /// <summary>How many flushes there were: a processor that has seen fewer holds something stale.</summary>
    public readonly ulong Generation => _generation;

    /// <summary>Whether a processor has the space loaded.</summary>
    public readonly bool IsInUse
    {
        get
        {
            ulong users = 0;
            for (int word = 0; word < WordCount; word++) users |= _users[word]; // SAFETY: below the count.
            return users != 0;
        }
    }

    /// <summary>Counts a flush where one processor alone has the space.</summary>
    internal void CountFlush() => _generation++;

    /// <summary>Counts a flush; which one it is. Who sees fewer afterwards sees none of the tables from before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong CountFlush<TWords>(TWords words)
        where TWords : struct, ISharedWords => words.Add(ref _generation, 1);

    /// <summary>How many flushes there were, as this processor sees it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong ReadGeneration<TWords>(TWords words)
        where TWords : struct, ISharedWords => words.Read(ref _generation);

    /// <summary>From now on flushes ask <paramref name="processor"/> too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AddUser<TWords>(TWords words, int processor)
        where TWords : struct, ISharedWords => words.Or(ref _users[ProcessorBits.WordOf(processor)], ProcessorBits.BitOf(processor));

    /// <summary>Flushes ask <paramref name="processor"/> no longer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void RemoveUser<TWords>(TWords words, int processor)
        where TWords : struct, ISharedWords => _ = words.And(ref _users[ProcessorBits.WordOf(processor)], ~ProcessorBits.BitOf(processor));

    /// <summary>Word <paramref name="word"/> of the set of processors that have the space loaded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong ReadUsers<TWords>(TWords words, int word)
        where TWords : struct, ISharedWords => words.Read(ref _users[word]);
}
