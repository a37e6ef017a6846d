using System.Globalization;
using MemOS.Primitives;

namespace MemOS.Lab;

/// <summary>An amount of memory as a user writes it: <c>640K</c>, <c>256M</c>, <c>4G</c>; without a letter MiB, as `memos run` takes it.</summary>
internal static class MemoryAmount
{
    private const int DefaultShift = 20;
    private const ulong LimitBytes = 1UL << 40;

    /// <summary>The frames of the amount.</summary>
    /// <exception cref="LabException">It is no amount of whole frames, nothing, or more than 1 TiB.</exception>
    public static ulong ParseFrames(string text)
    {
        int shift = text.Length == 0 ? -1 : text[^1] switch { 'K' or 'k' => 10, 'M' or 'm' => 20, 'G' or 'g' => 30, _ => -1 };
        string digits = shift < 0 ? text : text[..^1];
        if (shift < 0) shift = DefaultShift;
        if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count) || count == 0 || count > LimitBytes >> shift)
            throw new LabException($"'{text}' is not an amount of memory: write 64M, 4G or 640K, up to 1024G");

        ulong bytes = count << shift;
        if (bytes % FrameNumber.SizeBytes != 0) throw new LabException($"'{text}' is not a multiple of {FrameNumber.SizeBytes >> 10}K");
        return FrameNumber.CountFor(bytes);
    }
}
