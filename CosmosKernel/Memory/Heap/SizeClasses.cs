using System.Runtime.CompilerServices;

namespace MemOS.Memory.Heap;

/// <summary>The sizes of small objects, and the table that rounds a size up to its class.</summary>
/// <remarks>
/// Four classes to a doubling bound the waste at 1/5 of the block (a byte over 4/4 takes 5/4), and keep it near 1/10 on the
/// average; SizeClassWasteTests measures it for all schemes. Rounding is a look-up: 8-byte steps up to 1 KiB, 256-byte steps from there, since all classes above 1 KiB are
/// multiples of 256.
/// </remarks>
internal static unsafe class SizeClasses
{
    /// <summary>The largest size that has a class; what is larger is a run of pages.</summary>
    internal const uint LargestSmallBytes = 16 * 1024;

    /// <summary>Up to here the look-up goes by <see cref="FineStepBytes"/>, above by <see cref="CoarseStepBytes"/>.</summary>
    internal const uint FineLimitBytes = 1024;

    /// <summary>The class index of everything that is not small. Above every small class of every scheme.</summary>
    internal const uint LargeIndex = 39;

    /// <summary>The first index of callers' own caches.</summary>
    internal const uint FirstOwnIndex = LargeIndex + 1;

    /// <summary>All classes: those of a scheme, the one of large blocks, and callers' own.</summary>
    internal const int MostClasses = 64;

    /// <summary>What a run of pages has for a class that a policy places blocks in.</summary>
    internal const uint ExtentIndex = MostClasses;

    /// <summary>The steps that sizes up to <see cref="FineLimitBytes"/> are told apart by.</summary>
    internal const uint FineEntries = (FineLimitBytes >> FineShift) + 1;

    /// <summary>Bytes of the look-up table.</summary>
    internal const uint LookupLength = CoarseOffset + (LargestSmallBytes >> CoarseShift) + 1;

    private const int FineShift = 3;
    private const int CoarseShift = 8;
    private const uint FineStepBytes = 1 << FineShift;
    private const uint CoarseStepBytes = 1 << CoarseShift;

    // The first coarse entry (1025 bytes and up, step 5) follows the last fine one.
    private const uint CoarseOffset = (FineLimitBytes >> FineShift) + 1 - ((FineLimitBytes >> CoarseShift) + 1);

    /// <summary>The table's entry for a size of at most <see cref="FineLimitBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nuint FineEntry(nuint sizeBytes) => (sizeBytes + (FineStepBytes - 1)) >> FineShift;

    /// <summary>The table's entry for a size above <see cref="FineLimitBytes"/>, at most <see cref="LargestSmallBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nuint CoarseEntry(nuint sizeBytes) => CoarseOffset + ((sizeBytes + (CoarseStepBytes - 1)) >> CoarseShift);

    /// <summary>The size of the smallest class.</summary>
    internal static uint First(SizeClassScheme scheme) => scheme switch
    {
        SizeClassScheme.ManagedObjects => 24,
        SizeClassScheme.Coal => 16,
        _ => 8,
    };

    /// <summary>The size of the largest class.</summary>
    internal static uint Last(SizeClassScheme scheme) => scheme == SizeClassScheme.Coal ? 2048 : LargestSmallBytes;

    /// <summary>The size of the class after the one of <paramref name="sizeBytes"/>.</summary>
    internal static uint Next(SizeClassScheme scheme, uint sizeBytes)
    {
        if (scheme is SizeClassScheme.Coal or SizeClassScheme.Veridian) return sizeBytes * 2;
        if (scheme == SizeClassScheme.KernelBlocks && sizeBytes < 16) return 16;
        if (scheme == SizeClassScheme.ManagedObjects && sizeBytes < 64) return sizeBytes + 8;
        if (sizeBytes < 128) return sizeBytes + 16;
        uint doubling = 128;
        while (doubling * 2 <= sizeBytes) doubling *= 2;
        return sizeBytes + (doubling / 4);
    }

    /// <summary>Fills the table of <see cref="LookupLength"/> bytes that <see cref="FineEntry"/> and <see cref="CoarseEntry"/> index.</summary>
    internal static void FillLookup(SizeClassScheme scheme, byte* lookup)
    {
        byte index = 0;
        uint size = First(scheme);
        uint last = Last(scheme);
        for (uint bytes = 0; bytes <= LargestSmallBytes; bytes += bytes < FineLimitBytes ? FineStepBytes : CoarseStepBytes)
        {
            while (size < bytes && size < last)
            {
                size = Next(scheme, size);
                index++;
            }

            // SAFETY: bytes is at most the largest small size, whose entry is the table's last.
            lookup[bytes <= FineLimitBytes ? FineEntry(bytes) : CoarseEntry(bytes)] = bytes <= last ? index : (byte)LargeIndex;
        }
    }
}
