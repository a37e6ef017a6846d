using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>Work on the bytes of a whole frame, before anything else is there to do it.</summary>
public static unsafe class FrameBytes
{
    private const int WordsPerStep = 8;
    private const ulong WordCount = FrameNumber.SizeBytes / sizeof(ulong);

    /// <summary>Clears the frame at <paramref name="frame"/>, which is aligned to the frame size.</summary>
    public static void Clear(byte* frame)
    {
        // SAFETY: the caller's frame has exactly WordCount words. Eight stores a step: the compiler merges them into wide ones.
        ulong* word = (ulong*)frame;
        for (ulong* end = word + WordCount; word < end; word += WordsPerStep)
        {
            word[0] = 0;
            word[1] = 0;
            word[2] = 0;
            word[3] = 0;
            word[4] = 0;
            word[5] = 0;
            word[6] = 0;
            word[7] = 0;
        }
    }

    /// <summary>Copies the frame at <paramref name="source"/> over the one at <paramref name="target"/>; both are aligned to the frame size and not the same.</summary>
    public static void Copy(byte* target, byte* source)
    {
        // SAFETY: the caller's frames have exactly WordCount words each.
        ulong* to = (ulong*)target;
        ulong* from = (ulong*)source;
        for (ulong* end = to + WordCount; to < end; to += WordsPerStep, from += WordsPerStep)
        {
            to[0] = from[0];
            to[1] = from[1];
            to[2] = from[2];
            to[3] = from[3];
            to[4] = from[4];
            to[5] = from[5];
            to[6] = from[6];
            to[7] = from[7];
        }
    }
}
