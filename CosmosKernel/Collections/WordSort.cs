namespace MemOS.Collections;

/// <summary>Sorts words in place, without memory of its own.</summary>
public static unsafe class WordSort
{
    /// <summary>Sorts the <paramref name="count"/> words at <paramref name="words"/> upwards; O(n log n) in the worst case too (heap sort).</summary>
    public static void Ascending(ulong* words, int count)
    {
        for (int root = count / 2 - 1; root >= 0; root--) SiftDown(words, root, count);

        for (int last = count - 1; last > 0; last--)
        {
            (words[0], words[last]) = (words[last], words[0]);
            SiftDown(words, 0, last);
        }
    }

    private static void SiftDown(ulong* words, int root, int count)
    {
        // SAFETY: every index is below count, the length that the caller vouches for.
        ulong sinking = words[root];
        for (int child = 2 * root + 1; child < count; child = 2 * root + 1)
        {
            if (child + 1 < count && words[child + 1] > words[child]) child++;
            if (words[child] <= sinking) break;
            words[root] = words[child];
            root = child;
        }

        words[root] = sinking;
    }
}
