using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>A stack for functions that signals call, as programs hand it over: stack_t (sigaltstack(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct AlternateStack
{
    /// <summary>MINSIGSTKSZ: a smaller one is refused.</summary>
    public const ulong LeastBytes = 2048;

    /// <summary>SS_ONSTACK: the program is on it.</summary>
    public const uint InUse = 1;

    /// <summary>SS_DISABLE: there is none.</summary>
    public const uint Disabled = 2;

    /// <summary>SS_AUTODISARM: it is there no longer once it is used.</summary>
    public const uint DisarmsItself = 1u << 31;

    /// <summary>All of it.</summary>
    public AlternateStack(ulong start, ulong sizeBytes, uint flags)
    {
        Start = start;
        Bytes = sizeBytes;
        Flags = flags;
    }

    /// <summary>No stack.</summary>
    public static AlternateStack None => new(0, 0, Disabled);

    /// <summary>Its lowest byte.</summary>
    public ulong Start { get; }

    /// <summary>SS_ flags, but for that the program is on it.</summary>
    public uint Flags { get; }

    /// <summary>How many there are.</summary>
    public ulong Bytes { get; }

    /// <summary>Whether there is one.</summary>
    public bool IsThere => Bytes != 0;

    /// <summary>The byte after its last one.</summary>
    public ulong End => unchecked(Start + Bytes);

    /// <summary>Whether <paramref name="stackPointer"/> is a place of the stack, its end too.</summary>
    public bool Holds(ulong stackPointer) => stackPointer > Start && stackPointer - Start <= Bytes;

    /// <summary>Whether a program with this stack pointer is on it; one that disarms itself is never in use.</summary>
    public bool IsInUse(ulong stackPointer) => (Flags & DisarmsItself) == 0 && Holds(stackPointer);

    /// <summary>What sigaltstack says of it.</summary>
    public uint FlagsFor(ulong stackPointer)
    {
        if (!IsThere) return Disabled | (Flags & DisarmsItself);
        return (IsInUse(stackPointer) ? InUse : 0) | (Flags & DisarmsItself);
    }
}
