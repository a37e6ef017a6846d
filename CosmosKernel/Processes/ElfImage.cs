using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>A static 64-bit x86 program in an ELF file (System V ABI: gabi chapters 4 and 5; x86-64 psABI 4).</summary>
/// <remarks>The file is anybody's: every number in it is checked before it is used, once, by <see cref="TryRead"/>.</remarks>
public readonly unsafe struct ElfImage
{
    private const uint Magic = 0x464C457F;
    private const byte Class64 = 2;
    private const byte LittleEndian = 1;
    private const ushort FixedProgram = 2;
    private const ushort MovableProgram = 3;
    private const ushort X64 = 62;
    private const ulong HeaderBytes = 64;
    private const ushort EntryBytes = 56;
    private const ushort MostEntries = 64;
    private const uint Load = 1;
    private const uint Interpreter = 3;
    private const ulong AddressLimit = 1UL << 46;

    private readonly byte* _bytes;
    private readonly ulong _entriesAt;
    private readonly ushort _entryCount;

    private ElfImage(byte* bytes, ulong entriesAt, ushort entryCount)
    {
        _bytes = bytes;
        _entriesAt = entriesAt;
        _entryCount = entryCount;
        IsMovable = Half(bytes + 16) == MovableProgram;
        Entry = Word(bytes + 24);
    }

    /// <summary>Whether it runs wherever it is put; else it has to be at 0.</summary>
    public bool IsMovable { get; }

    /// <summary>Its first instruction, counted from where the image is put.</summary>
    public ulong Entry { get; }

    /// <summary>The number of entries of its program header, which the program is told.</summary>
    public ushort HeaderEntries => _entryCount;

    /// <summary>The size of such an entry.</summary>
    public static ushort HeaderEntryBytes => EntryBytes;

    /// <summary>Where the program header is in memory, counted from where the image is put; 0 when no segment has it.</summary>
    public ulong HeaderAddress
    {
        get
        {
            for (int index = 0; index < _entryCount; index++)
            {
                if (!TryGetSegment(index, out ElfSegment segment)) continue;
                ulong end = _entriesAt + ((ulong)_entryCount * EntryBytes);
                if (segment.FileOffset <= _entriesAt && end <= segment.FileOffset + segment.FileBytes)
                    return segment.Start + (_entriesAt - segment.FileOffset);
            }

            return 0;
        }
    }

    /// <summary>Reads the <paramref name="sizeBytes"/> bytes of a file, which stay where they are.</summary>
    public static ElfFault TryRead(byte* bytes, ulong sizeBytes, out ElfImage image)
    {
        image = default;
        if (sizeBytes < HeaderBytes || *(uint*)bytes != Magic) return ElfFault.NotElf;
        if (bytes[4] != Class64 || bytes[5] != LittleEndian || Half(bytes + 18) != X64) return ElfFault.OtherMachine;
        if (Half(bytes + 16) is not FixedProgram and not MovableProgram) return ElfFault.NoProgram;
        ulong entriesAt = Word(bytes + 32);
        ushort entryCount = Half(bytes + 56);
        bool isInFile = entriesAt <= sizeBytes && (ulong)entryCount * EntryBytes <= sizeBytes - entriesAt;
        if (Half(bytes + 54) != EntryBytes || entryCount == 0 || entryCount > MostEntries || !isInFile) return ElfFault.NotElf;
        ElfImage read = new(bytes, entriesAt, entryCount);
        ElfFault fault = read.CheckSegments(sizeBytes);
        if (fault == ElfFault.None) image = read;
        return fault;
    }

    /// <summary>The segment that entry <paramref name="index"/> of the program header is about; false when it is about something else.</summary>
    public bool TryGetSegment(int index, out ElfSegment segment)
    {
        segment = default;
        byte* entry = _bytes + _entriesAt + ((ulong)(uint)index * EntryBytes); // SAFETY: TryRead has seen that all entries are in the file.
        if ((uint)index >= _entryCount || *(uint*)entry != Load) return false;
        uint flags = *(uint*)(entry + 4);
        AreaAccess access = AreaAccess.None;
        if ((flags & 4) != 0) access |= AreaAccess.Read;
        if ((flags & 2) != 0) access |= AreaAccess.Write;
        if ((flags & 1) != 0) access |= AreaAccess.Execute;
        segment = new ElfSegment(Word(entry + 16), Word(entry + 40), Word(entry + 8), Word(entry + 32), access);
        return segment.SizeBytes != 0;
    }

    private ElfFault CheckSegments(ulong fileBytes)
    {
        ulong end = 0;
        bool hasEntry = false;
        for (int index = 0; index < _entryCount; index++)
        {
            byte* entry = _bytes + _entriesAt + ((ulong)(uint)index * EntryBytes); // SAFETY: in the file.
            if (*(uint*)entry == Interpreter) return ElfFault.Dynamic;
            if (!TryGetSegment(index, out ElfSegment segment)) continue;
            ElfFault fault = Check(in segment, fileBytes, ref end);
            if (fault != ElfFault.None) return fault;
            hasEntry |= Entry >= segment.Start && Entry < segment.End && (segment.Access & AreaAccess.Execute) != 0;
        }

        return hasEntry ? ElfFault.None : ElfFault.BadSegment;
    }

    // Segments come in the order of their addresses (gabi, PT_LOAD) and share no page: each has an access of its own.
    private static ElfFault Check(in ElfSegment segment, ulong fileBytes, ref ulong end)
    {
        const AreaAccess Both = AreaAccess.Write | AreaAccess.Execute;
        if ((segment.Access & Both) == Both) return ElfFault.WritableAndExecutable;
        bool isInFile = segment.FileOffset <= fileBytes && segment.FileBytes <= fileBytes - segment.FileOffset;
        bool isInRange = segment.Start < AddressLimit && segment.SizeBytes < AddressLimit && segment.FileBytes <= segment.SizeBytes;
        const ulong Mask = PageNumber.SizeBytes - 1;
        if (!isInFile || !isInRange || (segment.Start & Mask) != (segment.FileOffset & Mask) || (segment.Start & ~Mask) < end) return ElfFault.BadSegment;
        end = (segment.End + Mask) & ~Mask;
        return ElfFault.None;
    }

    // SAFETY: of both, the callers know that the bytes are in the file.
    private static ushort Half(byte* at) => *(ushort*)at;

    private static ulong Word(byte* at) => *(ulong*)at;
}
