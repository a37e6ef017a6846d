using System.Runtime.InteropServices;

namespace Cosmos.Core;

/// <summary>What the class library waits for by a handle, which is its address: an event, or the end of a thread.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct WaitObject
{
    /// <summary>Not 0 when a wait for it ends.</summary>
    public int IsSet;

    /// <summary>Not 0 when it stays set until it is reset; else a wait that ends resets it.</summary>
    public int IsManualReset;

    /// <summary>Not 0 when it is the beginning of what a kernel keeps of a thread.</summary>
    public int IsThread;
}
