namespace MemOS.Memory.Virtual;

/// <summary>Words and numbers for a sink.</summary>
internal struct Text<TSink>
    where TSink : struct, ITextSink
{
    internal TSink Sink;

    internal Text(TSink sink) => Sink = sink;

    internal void Write(string text)
    {
        for (int index = 0; index < text.Length; index++) Sink.Write((byte)text[index]);
    }

    internal void WriteHex(ulong value)
    {
        Write("0x");
        bool isLeading = true;
        for (int shift = 60; shift >= 0; shift -= 4)
        {
            int digit = (int)(value >> shift & 0xF);
            isLeading = isLeading && digit == 0 && shift != 0;
            if (!isLeading) Sink.Write((byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    internal void WriteDecimal(uint value)
    {
        if (value >= 10) WriteDecimal(value / 10);
        Sink.Write((byte)('0' + (value % 10)));
    }
}
