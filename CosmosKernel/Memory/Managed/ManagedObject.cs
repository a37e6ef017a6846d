namespace MemOS.Memory.Managed;

/// <summary>An object as memory sees it: a header word, then what references hold the address of, which begins with its type.</summary>
public static unsafe class ManagedObject
{
    /// <summary>The bytes of an object before the address that its references hold.</summary>
    public const uint HeaderBytes = ObjectType.HeaderBytes;

    /// <summary>Whether the object at <paramref name="reference"/> has a type; one that is being made has none.</summary>
    public static bool HasType(void* reference) => ObjectType.Of((byte*)reference) != null;

    /// <summary>Makes memory with any content an object that is being made; on every machine the type is in its second eight bytes.</summary>
    internal static void ClearType(byte* reference) => *(ulong*)reference = 0;
}
