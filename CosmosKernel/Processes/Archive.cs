using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>A read-only file system in one piece: a tar archive (POSIX pax, ustar header) in memory that does not change.</summary>
/// <remarks>The archive is anybody's: names, sizes and ends are checked as they are read; what comes behind a broken header is not seen.</remarks>
public readonly unsafe struct Archive
{
    private const ulong BlockBytes = 512;
    private const int NameBytes = 100;
    private const int SizeAt = 124;
    private const int SizeDigits = 11;
    private const int KindAt = 156;
    private const int ChecksumAt = 148;
    private const int ChecksumBytes = 8;
    private const int MagicAt = 257;
    private const int PrefixAt = 345;
    private const int PrefixBytes = 155;

    private readonly byte* _bytes;
    private readonly PhysAddr _start;
    private readonly ulong _sizeBytes;

    /// <summary>The archive of <paramref name="sizeBytes"/> bytes at <paramref name="bytes"/>, which are those at physical address <paramref name="start"/>.</summary>
    public Archive(byte* bytes, PhysAddr start, ulong sizeBytes)
    {
        _bytes = bytes;
        _start = start;
        _sizeBytes = sizeBytes;
    }

    /// <summary>The next ordinary file after <paramref name="position"/>, 0 at first; false at the end.</summary>
    public bool TryNext(ref ulong position, out ArchiveEntry entry)
    {
        entry = default;
        while (position + BlockBytes <= _sizeBytes)
        {
            byte* header = _bytes + position; // SAFETY: a whole block is there.
            if (!TryReadSize(header, out ulong fileBytes) || fileBytes > _sizeBytes - position - BlockBytes) return false;
            ulong content = position + BlockBytes;
            position = content + ((fileBytes + BlockBytes - 1) & ~(BlockBytes - 1));
            if (header[KindAt] is not ((byte)'0') and not 0) continue;
            entry = new ArchiveEntry(NameOf(header), _bytes + content, _start + content, fileBytes);
            return true;
        }

        return false;
    }

    /// <summary>The file called <paramref name="name"/>; false when there is none.</summary>
    public bool TryFind(string name, out ArchiveEntry entry)
    {
        for (ulong position = 0; TryNext(ref position, out entry);)
        {
            if (entry.Name == name) return true;
        }

        return false;
    }

    private static bool TryReadSize(byte* header, out ulong sizeBytes)
    {
        sizeBytes = 0;
        const string Magic = "ustar";
        for (int index = 0; index < Magic.Length; index++)
        {
            if (header[MagicAt + index] != Magic[index]) return false;
        }

        for (int index = 0; index < SizeDigits; index++)
        {
            byte digit = header[SizeAt + index];
            if (digit is < (byte)'0' or > (byte)'7') return false;
            sizeBytes = (sizeBytes << 3) + (ulong)(digit - '0');
        }

        return ReadChecksum(header) == Sum(header);
    }

    // Octal digits; writers differ in what they put before and after them.
    private static uint ReadChecksum(byte* header)
    {
        uint sum = 0;
        for (int index = ChecksumAt; index < ChecksumAt + ChecksumBytes; index++)
        {
            if (header[index] is >= (byte)'0' and <= (byte)'7') sum = unchecked((sum << 3) + (uint)(header[index] - '0'));
        }

        return sum;
    }

    // Of all bytes, those of the sum itself taken as spaces.
    private static uint Sum(byte* header)
    {
        uint sum = 0;
        for (int index = 0; index < (int)BlockBytes; index++)
            sum += index is >= ChecksumAt and < ChecksumAt + ChecksumBytes ? ' ' : header[index];
        return sum;
    }

    private static string NameOf(byte* header)
    {
        string name = Text(header, NameBytes);
        // GNU's headers have other things in the prefix's place; theirs has a space where POSIX's has the end of the magic.
        string prefix = header[MagicAt + 5] == 0 ? Text(header + PrefixAt, PrefixBytes) : "";
        if (prefix.Length != 0) name = prefix + "/" + name;
        return name.Length >= 2 && name[0] == '.' && name[1] == '/' ? name.Substring(2) : name;
    }

    private static string Text(byte* bytes, int mostBytes)
    {
        int length = 0;
        while (length < mostBytes && bytes[length] != 0) length++;
        return ByteText.Of(bytes, length);
    }
}
