using System.Runtime.InteropServices;

namespace MemOS.Processes;

/// <summary>A file that a program asks about: struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    internal int File;
    internal short Wanted;
    internal short Found;
}
