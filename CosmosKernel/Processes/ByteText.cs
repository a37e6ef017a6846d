namespace MemOS.Processes;

/// <summary>Texts of programs and archives: bytes, whatever they mean, a character each, so that they come back as they were.</summary>
internal static unsafe class ByteText
{
    /// <summary>The text of <paramref name="count"/> bytes.</summary>
    internal static string Of(byte* bytes, int count)
    {
        char[] text = new char[count];
        for (int index = 0; index < count; index++) text[index] = (char)bytes[index]; // SAFETY: the caller's bytes.
        return new string(text);
    }
}
