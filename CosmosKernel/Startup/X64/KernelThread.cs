using System.Runtime.InteropServices;
using Cosmos.Core;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>What the kernel keeps of a thread. Its address is the class library's handle.</summary>
/// <remarks>While the thread runs, what the runtime keeps of it lies in the processor's area, and here is what it was before.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct KernelThread
{
    internal const int NoProcessor = -1;

    internal WaitObject Ending;

    /// <summary>The processor that runs it, or <see cref="NoProcessor"/>.</summary>
    internal int Processor;

    /// <summary>The runtime's part while it does not run.</summary>
    internal ThreadBlock Block;

    /// <summary>Its stack pointer while it does not run; the registers that a call keeps lie above.</summary>
    internal CosmosAddress StackPointer;

    internal void* Entry;
    internal CosmosAddress Parameter;
    internal PageRange Stack;

    /// <summary>The next that waits for its turn.</summary>
    internal KernelThread* Next;

    /// <summary>The next of all.</summary>
    internal KernelThread* NextOfAll;

    /// <summary>Who still knows of it: its handle, and the thread itself.</summary>
    internal int Uses;

    /// <summary>Not 0 for what a processor ran before it ran threads: it stays there.</summary>
    internal int IsNative;

    /// <summary>Not 0 when it does not run again.</summary>
    internal int IsOver;
}
