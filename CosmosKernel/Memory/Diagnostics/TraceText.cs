namespace MemOS.Memory.Diagnostics;

/// <summary>Words of a trace's lines, written byte by byte without an allocation.</summary>
internal static unsafe class TraceText
{
    private const int LongestNumber = 20;

    private struct Digits
    {
        public fixed byte Bytes[LongestNumber];
    }

    /// <summary>Begins a line: what was done, and to which block.</summary>
    internal static void Begin(delegate*<byte, void> sink, char verb, ulong id)
    {
        sink((byte)verb);
        Write(sink, id);
    }

    /// <summary>A blank, and a number in decimal.</summary>
    internal static void Write(delegate*<byte, void> sink, ulong number)
    {
        sink((byte)' ');
        WriteDigits(sink, number);
    }

    /// <summary>A line that is a number.</summary>
    internal static void WriteLine(delegate*<byte, void> sink, ulong number)
    {
        WriteDigits(sink, number);
        End(sink);
    }

    /// <summary>Ends a line.</summary>
    internal static void End(delegate*<byte, void> sink) => sink((byte)'\n');

    private static void WriteDigits(delegate*<byte, void> sink, ulong number)
    {
        Digits digits = default;
        int count = 0;
        do
        {
            digits.Bytes[count++] = (byte)('0' + (number % 10)); // SAFETY: no number has more digits than there is room for.
            number /= 10;
        }
        while (number != 0);

        while (count != 0) sink(digits.Bytes[--count]);
    }
}
