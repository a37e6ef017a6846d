using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>What a frame says of the vector registers behind it: Linux's struct _fpx_sw_bytes, 48 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VectorFrameWords
{
    internal uint Magic;

    /// <summary>The image's size and that of the mark behind it.</summary>
    internal uint SizeBytes;
    internal ulong Components;
    internal uint ImageBytes;
    internal fixed uint Reserved[7];
}
