using System.Runtime.CompilerServices;

namespace MemOS.Collections;

/// <summary>How processors have another one give back what it keeps for itself: the steps of both sides, over two words.</summary>
/// <remarks>
/// One word counts how often it was asked, the other is the count that it has come to: only the processor itself writes that, when what it kept is
/// given back. So who sees that both are the same finds what was kept when it asked; and several that ask at once are answered at once. Counts wrap.
/// </remarks>
public static class DrainRequest
{
    /// <summary>Asks a processor.</summary>
    public static void Ask<TWords>(TWords words, ref int asked)
        where TWords : struct, ISharedWords => words.Add(ref asked, 1);

    /// <summary>Whether the processor has done what it was asked for.</summary>
    public static bool IsDone<TWords>(TWords words, ref int asked, ref int done)
        where TWords : struct, ISharedWords
    {
        int request = words.Read(ref asked);
        return words.Read(ref done) == request;
    }

    /// <summary>Whether this processor is asked; then it is to give back, and to <see cref="End"/> with <paramref name="request"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryBegin<TWords>(TWords words, ref int asked, ref int done, out int request)
        where TWords : struct, ISharedWords
    {
        request = words.Read(ref asked);
        return request != words.Read(ref done);
    }

    /// <summary>Says that this processor has given back what it was asked for; others see what it did before.</summary>
    public static void End<TWords>(TWords words, ref int done, int request)
        where TWords : struct, ISharedWords => words.Write(ref done, request);
}
