using System.Runtime.InteropServices;

namespace MemOS.Memory.Managed;

/// <summary>A handle: a word outside the heap that holds a reference. CoreLib reads and writes the first two words itself.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Handle
{
    /// <summary>The object; null when there is none, or it is gone.</summary>
    public byte* Target;

    /// <summary>What a dependent handle keeps as long as the target lives.</summary>
    public byte* Secondary;

    /// <summary>What it does.</summary>
    public HandleKind Kind;

    internal Handle* NextFree;

    internal readonly bool IsStrong => Kind > HandleKind.WeakTrackResurrection && Kind != HandleKind.Dependent;
}
