namespace Cosmos.Core;

/// <summary>Where references lie outside the memory of objects, but for handles and registers. The statics are held by a handle.</summary>
public unsafe struct GCRoots
{
    /// <summary>Where the stack of the one thread ends.</summary>
    public byte* StackBottom;

    /// <summary>Where it starts: one past its highest byte.</summary>
    public byte* StackTop;

    /// <summary>A word with a reference: the thread's statics.</summary>
    public CosmosAddress* ThreadStatics;

    /// <summary>The objects that the compiler made, one behind the other, each with the word before it; they can be written.</summary>
    public byte* ImageObjectsStart;

    /// <summary>Behind the last of them: up to here, or to a type that is 0.</summary>
    public byte* ImageObjectsEnd;
}
