using System.Runtime.InteropServices;

namespace MemOS.Hardware;

/// <summary>An entry of the fix-up table: two machine words that the assembler of a probe wrote.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct FaultFixup
{
    /// <summary>Creates an entry.</summary>
    public FaultFixup(CosmosAddress place, CosmosAddress recovery)
    {
        Place = place;
        Recovery = recovery;
    }

    /// <summary>The instruction that may fault, or the return address of the call whose target may.</summary>
    public CosmosAddress Place { get; }

    /// <summary>Where execution goes on after the fault.</summary>
    public CosmosAddress Recovery { get; }
}
