using System.Runtime.InteropServices;

namespace MemOS.Memory.Managed;

/// <summary>The objects of a size class that a processor hands out next, and its counters. 64 bytes: indexing is a shift, and a line of the cache.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct ObjectRun
{
    internal const int SizeBytes = 64;

    // First: adding to it takes an instruction less.
    internal ulong RequestedBytes;
    internal byte* Next;
    internal byte* End;
    internal nuint ObjectSize;

    /// <summary>Objects taken from slabs since the start, less those given back from runs.</summary>
    internal ulong TakenObjects;

    internal readonly uint Remaining => (uint)((nuint)(End - Next) / ObjectSize);
}
