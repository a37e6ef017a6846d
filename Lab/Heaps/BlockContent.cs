namespace MemOS.Lab.Heaps;

/// <summary>What replays write into blocks: bytes that tell the block and the place in it.</summary>
internal static unsafe class BlockContent
{
    private const ulong WordStep = 0x9E3779B97F4A7C15;
    private const int WordBytes = sizeof(ulong);

    /// <summary>Writes the bytes from <paramref name="from"/> on up to <paramref name="sizeBytes"/>.</summary>
    /// <param name="block">The block.</param>
    /// <param name="from">What lies before is there already, or again after this.</param>
    /// <param name="sizeBytes">The bytes of the block that are wanted.</param>
    /// <param name="mark">A number that no other live block has.</param>
    public static void Write(byte* block, ulong from, ulong sizeBytes, ulong mark)
    {
        // SAFETY: whole words end at or before the size, and the bytes after them too.
        ulong word = from / WordBytes;
        for (; (word + 1) * WordBytes <= sizeBytes; word++) ((ulong*)block)[word] = Word(mark, word);
        for (ulong at = word * WordBytes; at < sizeBytes; at++) block[at] = Byte(mark, at);
    }

    /// <summary>Where the first byte is that is not the one written; <paramref name="sizeBytes"/> when all are.</summary>
    public static ulong FindDamage(byte* block, ulong sizeBytes, ulong mark)
    {
        ulong word = 0;
        while ((word + 1) * WordBytes <= sizeBytes && ((ulong*)block)[word] == Word(mark, word)) word++;
        for (ulong at = word * WordBytes; at < sizeBytes; at++)
        {
            if (block[at] != Byte(mark, at)) return at;
        }

        return sizeBytes;
    }

    // Neighbouring words differ in all their bytes, and so do the first words of blocks with neighbouring marks.
    private static ulong Word(ulong mark, ulong index)
    {
        ulong mixed = unchecked((mark ^ (index << 40)) * WordStep);
        return mixed ^ (mixed >> 29);
    }

    private static byte Byte(ulong mark, ulong at) => (byte)(Word(mark, at / WordBytes) >> (int)(at % WordBytes * 8));
}
