using MemOS.Memory.Virtual;

namespace MemOS.Processes;

/// <summary>A part of a program that is loaded (System V ABI, gabi 4.3, "Program Loading", PT_LOAD).</summary>
public readonly struct ElfSegment
{
    /// <summary>All of it.</summary>
    public ElfSegment(ulong start, ulong sizeBytes, ulong fileOffset, ulong fileBytes, AreaAccess access)
    {
        Start = start;
        SizeBytes = sizeBytes;
        FileOffset = fileOffset;
        FileBytes = fileBytes;
        Access = access;
    }

    /// <summary>Its first byte, counted from where the image is put.</summary>
    public ulong Start { get; }

    /// <summary>Its size in memory.</summary>
    public ulong SizeBytes { get; }

    /// <summary>Where its bytes are in the file.</summary>
    public ulong FileOffset { get; }

    /// <summary>How many of them there are; the rest is zero.</summary>
    public ulong FileBytes { get; }

    /// <summary>What may be done with it.</summary>
    public AreaAccess Access { get; }

    /// <summary>The byte after its last one.</summary>
    public ulong End => Start + SizeBytes;
}
