using System;
using IL2CPU.API.Attribs;

namespace MemOS.Startup;

/// <summary>Where references lie outside the heap of objects, but for handles and registers: what the runtime says of itself.</summary>
public readonly unsafe struct RootRegions
{
    /// <summary>Where the stack ends.</summary>
    public byte* StackBottom { get; init; }

    /// <summary>Where it starts: one past its highest byte.</summary>
    public byte* StackTop { get; init; }

    /// <summary>A word with a reference; null when there is none.</summary>
    public void** ThreadStatics { get; init; }

    /// <summary>The compiler's own objects, one behind the other, each with its header; they are never freed, and can be written.</summary>
    public byte* ImageObjectsStart { get; init; }

    /// <summary>Behind the last of them, unless a type that is null ends them before.</summary>
    public byte* ImageObjectsEnd { get; init; }

    /// <summary>The regions as they are now.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Find(RootRegions* regions) => throw new NotImplementedException();
}
