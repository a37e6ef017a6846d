using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemOS.Memory.Heap;

/// <summary>Clears and copies blocks. Whole 64-byte pieces are struct assignments, which the compiler turns into its widest stores.</summary>
internal static unsafe class RawMemory
{
    private const int PieceBytes = 64;
    private const nuint PieceMask = PieceBytes - 1;
    private const nuint WordMask = sizeof(ulong) - 1;

    [StructLayout(LayoutKind.Sequential, Size = PieceBytes)]
    private struct Piece
    {
    }

    /// <summary>Clears an object of a size class: 8 bytes, or a multiple of 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ZeroObject(byte* start, uint sizeBytes)
    {
        if ((sizeBytes & (uint)PieceMask) == 0)
        {
            ZeroPieces(start, sizeBytes);
            return;
        }

        if (sizeBytes == sizeof(ulong))
        {
            *(ulong*)start = 0;
            return;
        }

        // SAFETY: the object ends at a multiple of 16.
        byte* end = start + sizeBytes;
        for (byte* last = start + (sizeBytes & ~(uint)PieceMask); start < last; start += sizeof(Piece)) *(Piece*)start = default;
        for (; start < end; start += 2 * sizeof(ulong))
        {
            *(ulong*)start = 0;
            *(ulong*)(start + sizeof(ulong)) = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ZeroPieces(byte* start, nuint sizeBytes)
    {
        // SAFETY: whole pieces, one at least. From the end on, since what is left to do then is also where: fewer instructions.
        do
        {
            sizeBytes -= (nuint)sizeof(Piece);
            *(Piece*)(start + sizeBytes) = default;
        }
        while (sizeBytes != 0);
    }

    /// <summary>Clears <paramref name="sizeBytes"/> bytes at <paramref name="start"/>, a multiple of 8.</summary>
    internal static void Zero(byte* start, nuint sizeBytes)
    {
        // SAFETY: each store lies before end.
        byte* end = start + sizeBytes;
        for (byte* last = start + (sizeBytes & ~PieceMask); start < last; start += sizeof(Piece)) *(Piece*)start = default;
        for (byte* last = start + (sizeBytes & PieceMask & ~WordMask); start < last; start += sizeof(ulong)) *(ulong*)start = 0;
        for (; start < end; start++) *start = 0;
    }

    /// <summary>Copies <paramref name="sizeBytes"/> bytes between blocks that do not overlap.</summary>
    internal static void Copy(byte* source, byte* target, nuint sizeBytes)
    {
        // SAFETY: each access lies before the source's end and as far into the target, which is as long.
        byte* end = source + sizeBytes;
        for (byte* last = source + (sizeBytes & ~PieceMask); source < last; source += sizeof(Piece), target += sizeof(Piece)) *(Piece*)target = *(Piece*)source;
        for (byte* last = source + (sizeBytes & PieceMask & ~WordMask); source < last; source += sizeof(ulong), target += sizeof(ulong)) *(ulong*)target = *(ulong*)source;
        for (; source < end; source++, target++) *target = *source;
    }
}
