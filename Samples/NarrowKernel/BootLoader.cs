using Cosmos.Core.Multiboot;
using IL2CPU.API.Attribs;
using MemOS.Boot;
using MemOS.Primitives;

namespace NarrowKernel;

/// <summary>The boot loader's record as Multiboot2 has it, made of one of Multiboot 1, and the command line.</summary>
[Plug(Target = typeof(Multiboot2))]
public static unsafe class BootLoader
{
    // Words of the information (Multiboot specification 0.6.96, 3.3), and of the record and its tag (Multiboot2, 3.6.8).
    private const int CommandLine = 4;
    private const int MapBytes = 11;
    private const int Map = 12;
    private const int HeaderWords = 2;
    private const int TagWords = 4;
    private const int EntryWords = 6;
    private const uint MapTag = 6;

    private static LoaderWords s_words;
    private static uint s_address;
    private static int s_lineBytes;

    /// <summary>The command line, behind the image's name.</summary>
    internal static TextSlice Line
    {
        get
        {
            fixed (LoaderWords* words = &s_words) return new TextSlice(words->Line, s_lineBytes); // SAFETY: a static field stays where it is.
        }
    }

    /// <summary>Room for as many bytes as the line has.</summary>
    internal static byte* LineStorage
    {
        get
        {
            fixed (LoaderWords* words = &s_words) return words->LineStorage; // SAFETY: as above.
        }
    }

    /// <summary>Whether the line ends with a word.</summary>
    internal static bool Asks(string word) => Line.Length >= word.Length && Line.Slice(Line.Length - word.Length, Line.Length).Is(word);

    /// <summary>Always.</summary>
    public static bool MemoryMapExists() => true;

    /// <summary>The record's address.</summary>
    public static uint GetMBIAddress() => s_address;

    /// <summary>Takes over what the boot loader left at <paramref name="information"/>.</summary>
    internal static void Start(uint* information)
    {
        fixed (LoaderWords* words = &s_words)
        {
            TakeLine((byte*)information[CommandLine], words->Line);
            TakeMap((byte*)information[Map], information[MapBytes], words->Record);
            s_address = (uint)words->Record;
            Multiboot2.MemoryMap = (Cosmos.Core.Multiboot.Tags.MemoryMap*)(words->Record + HeaderWords);
        }
    }

    private static void TakeLine(byte* line, byte* to)
    {
        while (*line != 0 && *line != ' ') line++;
        for (; *line != 0 && s_lineBytes < LoaderWords.LineBytes; line++) to[s_lineBytes++] = *line;
    }

    // An entry is the number of its bytes without that word, and then what Multiboot2 has, which adds a word of zeros.
    private static void TakeMap(byte* entry, uint sizeBytes, uint* record)
    {
        byte* end = entry + sizeBytes;
        uint* tag = record + HeaderWords;
        uint* to = tag + TagWords;
        for (; entry < end; entry += *(uint*)entry + sizeof(uint), to += EntryWords)
        {
            KernelAssert.That(to + EntryWords <= record + LoaderWords.Count, "BootLoader: the map is too long");
            for (int i = 0; i < EntryWords - 1; i++) to[i] = ((uint*)entry)[i + 1];
        }

        record[0] = (uint)((byte*)to - (byte*)record);
        tag[0] = MapTag;
        tag[1] = (uint)((byte*)to - (byte*)tag);
        tag[2] = EntryWords * sizeof(uint);
    }
}
