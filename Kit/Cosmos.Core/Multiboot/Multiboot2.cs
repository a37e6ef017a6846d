using System.Runtime.CompilerServices;

namespace Cosmos.Core.Multiboot;

/// <summary>What the boot loader says about the machine (Multiboot2 specification 2.0, section 3.6).</summary>
/// <remarks>
/// <see cref="Init"/> reads the block once and keeps copies in static storage, so that what is read later depends neither on the
/// block nor on how memory is mapped then. Nothing allocates: all of it works before the first object. A tag that is malformed is
/// left out as a whole, and the others still count.
/// </remarks>
public static unsafe class Multiboot2
{
    /// <summary>The number of memory map entries that are kept.</summary>
    public const int MaxMemoryMapCount = 512;

    /// <summary>The number of modules that are kept.</summary>
    public const int MaxModuleCount = 16;

    /// <summary>The bytes of command line that are kept, with the zero behind it.</summary>
    public const int MaxCommandLineBytes = 2048;

    private const int MaxLoaderNameBytes = 64;
    private const int MaxRsdpBytes = 36;
    private const int MapEntryBytes = 24;
    private const int TagHeaderBytes = 8;
    private const uint MaxTotalBytes = 16 * 1024 * 1024;

    [FixedAddressValueType]
    private static Storage s_kept;
    private static FramebufferInfo s_framebuffer;
    private static int s_memoryMapCount;
    private static int s_commandLineLength;
    private static int s_moduleCount;
    private static int s_rsdpLength;

    private enum TagType : uint
    {
        End = 0,
        CommandLine = 1,
        BootLoaderName = 2,
        Module = 3,
        BasicMemory = 4,
        MemoryMap = 6,
        Framebuffer = 8,
        AcpiOld = 14,
        AcpiNew = 15,
        EfiMemoryMap = 17,
    }

    private struct Storage
    {
        public fixed byte MemoryMap[MaxMemoryMapCount * MapEntryBytes];
        public fixed byte CommandLine[MaxCommandLineBytes];
        public fixed byte BootLoaderName[MaxLoaderNameBytes];
        public fixed ulong Modules[MaxModuleCount];
        public fixed ulong Rsdp[(MaxRsdpBytes + 7) / 8];
    }

    /// <summary>Whether the block could be read.</summary>
    public static MultibootStatus Status { get; private set; }

    /// <summary>Where the block lies.</summary>
    public static CosmosAddress InfoAddress { get; private set; }

    /// <summary>The block's size in bytes; 0 when it could not be read.</summary>
    public static uint InfoSizeBytes { get; private set; }

    /// <summary>The firmware's memory map, in the order it came.</summary>
    public static RawMemoryMapBlock* MemoryMap
    {
        get
        {
            fixed (byte* map = s_kept.MemoryMap)
                return (RawMemoryMapBlock*)map;
        }
    }

    /// <summary>The number of entries of <see cref="MemoryMap"/>.</summary>
    public static int MemoryMapCount => s_memoryMapCount;

    /// <summary>Whether the map had more entries than are kept.</summary>
    public static bool MemoryMapIsTruncated { get; private set; }

    /// <summary>The whole map where the boot loader put it, entries as they came; to be read while the block is mapped.</summary>
    public static byte* LoaderMap { get; private set; }

    /// <summary>From one entry of <see cref="LoaderMap"/> to the next, in bytes: a <see cref="RawMemoryMapBlock"/> or more.</summary>
    public static uint LoaderMapEntryBytes { get; private set; }

    /// <summary>The number of entries of <see cref="LoaderMap"/>.</summary>
    public static int LoaderMapCount { get; private set; }

    /// <summary>The bytes of all usable ranges.</summary>
    public static ulong UsableBytes
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < s_memoryMapCount; i++)
                sum += MemoryMap[i].Type == RawMemoryMapBlock.Usable ? MemoryMap[i].Length : 0;
            return sum;
        }
    }

    /// <summary>The KiB of memory from address 0 on, up to 640.</summary>
    public static uint MemoryLowerKiB { get; private set; }

    /// <summary>The KiB of memory from 1 MiB on, up to the first hole.</summary>
    public static uint MemoryUpperKiB { get; private set; }

    /// <summary>The kernel's command line as UTF-8 with a zero behind it; empty when there is none.</summary>
    public static byte* CommandLine
    {
        get
        {
            fixed (byte* text = s_kept.CommandLine)
                return text;
        }
    }

    /// <summary>The bytes of <see cref="CommandLine"/> without the zero.</summary>
    public static int CommandLineLength => s_commandLineLength;

    /// <summary>The boot loader's name with a zero behind it; empty when it has none.</summary>
    public static byte* BootLoaderName
    {
        get
        {
            fixed (byte* text = s_kept.BootLoaderName)
                return text;
        }
    }

    /// <summary>Whether the boot loader described the screen.</summary>
    public static bool HasFramebuffer { get; private set; }

    /// <summary>The screen, when <see cref="HasFramebuffer"/>.</summary>
    public static FramebufferInfo Framebuffer => s_framebuffer;

    /// <summary>A copy of ACPI's root pointer structure, the newest there is; null when the boot loader has none.</summary>
    public static byte* AcpiRsdp
    {
        get
        {
            if (s_rsdpLength == 0)
                return null;
            fixed (ulong* rsdp = s_kept.Rsdp)
                return (byte*)rsdp;
        }
    }

    /// <summary>The bytes of <see cref="AcpiRsdp"/>: 20 for ACPI 1, 36 from ACPI 2 on, 0 for none.</summary>
    public static int AcpiRsdpLength => s_rsdpLength;

    /// <summary>The number of modules that are kept.</summary>
    public static int ModuleCount => s_moduleCount;

    /// <summary>Whether the boot loader came by UEFI and left the firmware's own memory map.</summary>
    public static bool HasEfiMemoryMap { get; private set; }

    /// <summary>Reads the block at <paramref name="infoAddress"/>, which must be mapped.</summary>
    public static MultibootStatus Init(CosmosAddress infoAddress)
    {
        Reset(infoAddress);
        Status = infoAddress == 0 || (infoAddress & 7) != 0 ? MultibootStatus.BadAddress : ReadBlock((byte*)infoAddress);
        return Status;
    }

    /// <summary>The module <paramref name="index"/>, from 0.</summary>
    public static ModuleInfo GetModule(int index)
    {
        if ((uint)index >= (uint)s_moduleCount)
            return default;
        ulong both = s_kept.Modules[index];
        return new ModuleInfo { Start = (uint)both, End = (uint)(both >> 32) };
    }

    private static void Reset(CosmosAddress infoAddress)
    {
        InfoAddress = infoAddress;
        InfoSizeBytes = 0;
        s_memoryMapCount = 0;
        s_commandLineLength = 0;
        s_moduleCount = 0;
        s_rsdpLength = 0;
        s_framebuffer = default;
        MemoryMapIsTruncated = false;
        LoaderMap = null;
        LoaderMapEntryBytes = 0;
        LoaderMapCount = 0;
        MemoryLowerKiB = 0;
        MemoryUpperKiB = 0;
        HasFramebuffer = false;
        HasEfiMemoryMap = false;
        CommandLine[0] = 0;
        BootLoaderName[0] = 0;
    }

    private static MultibootStatus ReadBlock(byte* block)
    {
        uint totalSize = *(uint*)block;
        if (totalSize < 2 * TagHeaderBytes || totalSize > MaxTotalBytes)
            return MultibootStatus.BadTotalSize;

        InfoSizeBytes = totalSize;
        uint offset = TagHeaderBytes;
        while (totalSize - offset >= TagHeaderBytes)
        {
            uint type = *(uint*)(block + offset);
            uint size = *(uint*)(block + offset + 4);
            if (size < TagHeaderBytes || size > totalSize - offset)
                return MultibootStatus.BadTag;
            if (type == (uint)TagType.End)
                return MultibootStatus.Ok;

            ReadTag((TagType)type, block + offset, size);
            uint step = (size + 7) & ~7u;
            // The last tag may end unaligned with the block.
            if (step > totalSize - offset)
                break;
            offset += step;
        }

        return MultibootStatus.NoEndTag;
    }

    private static void ReadTag(TagType type, byte* tag, uint size)
    {
        switch (type)
        {
            case TagType.CommandLine:
                s_commandLineLength = CopyText(tag + TagHeaderBytes, size - TagHeaderBytes, CommandLine, MaxCommandLineBytes);
                break;
            case TagType.BootLoaderName:
                CopyText(tag + TagHeaderBytes, size - TagHeaderBytes, BootLoaderName, MaxLoaderNameBytes);
                break;
            case TagType.Module:
                ReadModule(tag, size);
                break;
            case TagType.BasicMemory:
                ReadBasicMemory(tag, size);
                break;
            case TagType.MemoryMap:
                ReadMemoryMap(tag, size);
                break;
            case TagType.Framebuffer:
                ReadFramebuffer(tag, size);
                break;
            case TagType.AcpiOld:
            case TagType.AcpiNew:
                ReadRsdp(tag, size, type == TagType.AcpiNew ? MaxRsdpBytes : 20);
                break;
            case TagType.EfiMemoryMap:
                HasEfiMemoryMap = true;
                break;
        }
    }

    private static void ReadModule(byte* tag, uint size)
    {
        if (size < 16 || s_moduleCount == MaxModuleCount)
            return;
        uint start = *(uint*)(tag + 8);
        uint end = *(uint*)(tag + 12);
        if (end >= start)
            s_kept.Modules[s_moduleCount++] = (ulong)end << 32 | start;
    }

    private static void ReadBasicMemory(byte* tag, uint size)
    {
        if (size < 16)
            return;
        MemoryLowerKiB = *(uint*)(tag + 8);
        MemoryUpperKiB = *(uint*)(tag + 12);
    }

    private static void ReadMemoryMap(byte* tag, uint size)
    {
        const uint EntriesOffset = 16;
        if (size < EntriesOffset)
            return;
        // A later version of the format may have longer entries; the part that is known comes first.
        uint entrySize = *(uint*)(tag + 8);
        if (entrySize < MapEntryBytes || (entrySize & 7) != 0)
            return;

        byte* entry = tag + EntriesOffset;
        LoaderMap = entry;
        LoaderMapEntryBytes = entrySize;
        LoaderMapCount = (int)((size - EntriesOffset) / entrySize);
        for (uint left = size - EntriesOffset; left >= entrySize; left -= entrySize, entry += entrySize)
            AddMapEntry((RawMemoryMapBlock*)entry);
    }

    private static void AddMapEntry(RawMemoryMapBlock* entry)
    {
        // An empty range says nothing, and one that passes the end of the address space ends there.
        if (entry->Length == 0)
            return;
        if (s_memoryMapCount == MaxMemoryMapCount)
        {
            MemoryMapIsTruncated = true;
            return;
        }

        RawMemoryMapBlock* kept = MemoryMap + s_memoryMapCount++;
        *kept = *entry;
        if (kept->Length > ulong.MaxValue - kept->Address)
            kept->Length = ulong.MaxValue - kept->Address;
    }

    private static void ReadFramebuffer(byte* tag, uint size)
    {
        const uint ColorsOffset = 32;
        const uint RgbBytes = 6;
        if (size < ColorsOffset - 1)
            return;
        FramebufferInfo info = default;
        info.Address = *(ulong*)(tag + 8);
        info.PitchBytes = *(uint*)(tag + 16);
        info.Width = *(uint*)(tag + 20);
        info.Height = *(uint*)(tag + 24);
        info.BitsPerPixel = tag[28];
        info.Kind = (FramebufferKind)tag[29];
        if (info.Kind == FramebufferKind.Rgb)
        {
            if (size < ColorsOffset + RgbBytes)
                return;
            info.RedPosition = tag[ColorsOffset];
            info.RedBits = tag[ColorsOffset + 1];
            info.GreenPosition = tag[ColorsOffset + 2];
            info.GreenBits = tag[ColorsOffset + 3];
            info.BluePosition = tag[ColorsOffset + 4];
            info.BlueBits = tag[ColorsOffset + 5];
        }

        s_framebuffer = info;
        HasFramebuffer = true;
    }

    private static void ReadRsdp(byte* tag, uint size, int length)
    {
        // The newer structure contains the older one, whichever tag comes first.
        if (size - TagHeaderBytes < (uint)length || length < s_rsdpLength)
            return;
        fixed (ulong* kept = s_kept.Rsdp)
            MemoryOperations.Copy((byte*)kept, tag + TagHeaderBytes, length);
        s_rsdpLength = length;
    }

    private static int CopyText(byte* text, uint size, byte* kept, int capacity)
    {
        int length = 0;
        while (length < capacity - 1 && (uint)length < size && text[length] != 0)
        {
            kept[length] = text[length];
            length++;
        }

        kept[length] = 0;
        return length;
    }
}
