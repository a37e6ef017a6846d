using Cosmos.Core.Memory;
using IL2CPU.API.Attribs;

namespace Kit.Runtime.Plugs;

/// <summary>The class library's objects that live for ever and refer to nothing, the types: a raw block each.</summary>
/// <remarks>CoreLib's own way reserves 4 MiB of address space for them, which is memory here.</remarks>
[Plug("Internal.Runtime.FrozenObjectHeapManager, System.Private.CoreLib")]
internal static unsafe class FrozenObjectsPlug
{
    /// <summary>An object of a type; null when there is no memory.</summary>
    public static object? TryAllocateObject(object aThis, void* type, nuint objectSize)
    {
        byte* block = Heap.Alloc(objectSize);
        if (block == null)
            return null;
        *(void**)(block + Objects.HeaderBytes) = type;
        return Objects.At((nint)(block + Objects.HeaderBytes));
    }
}
