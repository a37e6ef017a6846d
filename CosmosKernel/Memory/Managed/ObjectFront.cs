using System.Runtime.InteropServices;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Memory.Managed;

/// <summary>What one processor has of the heap of objects: for each step of small sizes where the run is, and the runs, a class each.</summary>
/// <remarks>It lies in pages of its own. First come the addresses of the runs, by size, which nothing changes; then this; then the runs.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ObjectFront
{
    private const uint RunsOffset = 2048;

    private fixed ulong _byStep[(int)SizeClasses.FineEntries];

    /// <summary>Another processor's; null at the end.</summary>
    internal ObjectFront* NextFront;

    /// <summary>The pages that one takes.</summary>
    internal static nuint PageCount => (nuint)PageNumber.CountFor(RunsOffset + (SizeClasses.LargeIndex * (ulong)ObjectRun.SizeBytes));

    // SAFETY: whoever made it has given it as many bytes.
    internal static ObjectRun** ByStep(ObjectFront* front) => (ObjectRun**)front;

    internal static ObjectRun* Runs(ObjectFront* front) => (ObjectRun*)((byte*)front + RunsOffset);
}
