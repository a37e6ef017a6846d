using System.Runtime.CompilerServices;

namespace MemOS.Collections;

/// <summary>How one processor has the others stand still: the steps of both sides, over a word for all and one for each.</summary>
/// <remarks>
/// <para>
/// The word for all names the processor that stops the others, its number and one, or is 0. Each processor has a word: it <see cref="Runs"/>, is
/// <see cref="Asked"/> to stop, or is <see cref="Parked"/>. Only who has claimed the word for all asks and lets go, from any state back to the first;
/// only the processor itself parks, and only when it is asked to. So one that is let go before it came finds nothing to do, and one that is asked anew
/// before it saw that it might go parks again where it is.
/// </para>
/// <para>
/// Parking is one step for all processors: what the parked one wrote before, its caller sees. Letting go is a write: what the caller wrote before,
/// the parked one sees when it sees that. The claim is given up last, so the next caller finds every word as it has to be.
/// </para>
/// </remarks>
public static class StopHandshake
{
    /// <summary>It goes on.</summary>
    public const int Runs = 0;

    /// <summary>It is to stop.</summary>
    public const int Asked = 1;

    /// <summary>It stands still.</summary>
    public const int Parked = 2;

    /// <summary>Becomes the one that stops the others; false while there is one.</summary>
    public static bool TryClaim<TWords>(TWords words, ref int owner, int number)
        where TWords : struct, ISharedWords => words.CompareExchange(ref owner, number + 1, 0) == 0;

    /// <summary>Gives that up; all have been let go.</summary>
    public static void GiveUp<TWords>(TWords words, ref int owner)
        where TWords : struct, ISharedWords => words.Write(ref owner, 0);

    /// <summary>Asks a processor to stop, which runs.</summary>
    public static void Ask<TWords>(TWords words, ref int state)
        where TWords : struct, ISharedWords => words.Write(ref state, Asked);

    /// <summary>Whether it has stopped.</summary>
    public static bool IsParked<TWords>(TWords words, ref int state)
        where TWords : struct, ISharedWords => words.Read(ref state) == Parked;

    /// <summary>Lets a processor go on, whether it has stopped or not.</summary>
    public static void LetGo<TWords>(TWords words, ref int state)
        where TWords : struct, ISharedWords => words.Exchange(ref state, Runs);

    /// <summary>Whether this processor is asked to stop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAsked<TWords>(TWords words, ref int state)
        where TWords : struct, ISharedWords => words.Read(ref state) == Asked;

    /// <summary>Stops this processor, where it is asked to; it then stands still until <see cref="MayGo"/>.</summary>
    public static bool TryPark<TWords>(TWords words, ref int state)
        where TWords : struct, ISharedWords => IsAsked(words, ref state) && words.CompareExchange(ref state, Parked, Asked) == Asked;

    /// <summary>Whether this processor, which stands still, may go on.</summary>
    public static bool MayGo<TWords>(TWords words, ref int state)
        where TWords : struct, ISharedWords
    {
        TryPark(words, ref state);
        return words.Read(ref state) == Runs;
    }
}
