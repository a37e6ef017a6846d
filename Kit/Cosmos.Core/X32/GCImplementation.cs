namespace Cosmos.Core;

/// <summary>The memory of objects, as the installed kit knows it: signatures to compile against, without bodies.</summary>
public static unsafe class GCImplementation
{
    /// <summary>Memory for an object.</summary>
    public static uint AllocNewObject(uint aSize) => throw null!;

    /// <summary>Gives an object's memory back.</summary>
    public static void Free(object aObj) => throw null!;

    /// <summary>Memory in MiB.</summary>
    public static ulong GetAvailableRAM() => throw null!;

    /// <summary>Memory in use, in bytes.</summary>
    public static uint GetUsedRAM() => throw null!;

    /// <summary>Prepares memory: the first call of the kernel's start that is about memory.</summary>
    public static void Init() => throw null!;

    /// <summary>The address of an object.</summary>
    public static uint* GetPointer(object aObj) => throw null!;

    /// <summary>A static field refers to the object.</summary>
    public static void IncRootCount(ushort* aPtr) => throw null!;

    /// <summary>A static field no longer refers to the object.</summary>
    public static void DecRootCount(ushort* aPtr) => throw null!;
}
