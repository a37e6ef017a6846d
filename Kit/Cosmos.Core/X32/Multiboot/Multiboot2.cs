using Cosmos.Core.Multiboot.Tags;
using IL2CPU.API.Attribs;

namespace Cosmos.Core.Multiboot;

/// <summary>What the boot loader handed over, as the installed kit knows it: signatures to compile against, without bodies.</summary>
public unsafe class Multiboot2
{
    /// <summary>The memory map's tag; null without one.</summary>
    public static MemoryMap* MemoryMap { get; set; }

    /// <summary>Finds the tags.</summary>
    public static void Init() => throw null!;

    /// <summary>Whether there is a memory map.</summary>
    public static bool MemoryMapExists() => throw null!;

    /// <summary>The record's address; its first word is its size in bytes.</summary>
    [PlugMethod(PlugRequired = true)]
    public static uint GetMBIAddress() => throw null!;
}
