using System;

namespace MemOS.Shell;

/// <summary>How many slips of the fingers make one word of another.</summary>
public static class EditDistance
{
    /// <summary>
    /// The letters that must be put in, left out, changed, or swapped with their neighbour (optimal string alignment: Damerau 1964,
    /// without editing a swapped pair again).
    /// </summary>
    public static int Between(string first, string second)
    {
        int[] beforePrevious = new int[second.Length + 1];
        int[] previous = new int[second.Length + 1];
        int[] current = new int[second.Length + 1];
        for (int j = 0; j < current.Length; j++) current[j] = j;

        for (int i = 1; i <= first.Length; i++)
        {
            (beforePrevious, previous, current) = (previous, current, beforePrevious);
            current[0] = i;
            for (int j = 1; j <= second.Length; j++)
            {
                int change = previous[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, 1 + Math.Min(previous[j], current[j - 1]));
                bool swapped = i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1];
                if (swapped) current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
            }
        }

        return current[second.Length];
    }
}
