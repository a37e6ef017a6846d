using Cosmos.Core;
using Cosmos.Core.Memory;
using IL2CPU.API.Attribs;

namespace NarrowKernel;

/// <summary>What the compiler's code calls by name: the part of a runtime that the checks need.</summary>
/// <remarks>
/// An object lies in MemOS's heap as one of IL2CPU's does, the address of its type being its first word: so the collector takes each of its words for a
/// reference. IL2CPU counts the references of static fields in the objects and this compiler does not: so what is made while
/// <see cref="Keeps"/> holds counts as one of theirs, and stays.
/// </remarks>
public static unsafe class CompilerExports
{
    // A type begins with its flags, whose lower half is the size of an element, and the size of its objects with the word before them.
    private const int TypeFlags = 0;
    private const int TypeBytes = 1;
    private const uint ElementMask = 0xFFFF;

    // A module's table of contents: 16 bytes, the number of sections in the last four; a section is its number, its flags, its start and its end.
    private const int HeaderWords = 4;
    private const int SectionWords = 4;
    private const uint CountMask = 0xFFFF;

    private static uint* s_header;
    private static bool s_isPassing;

    /// <summary>Whether a new object stays for good.</summary>
    internal static bool Keeps
    {
        get => !s_isPassing;
        set => s_isPassing = !value;
    }

    /// <summary>Makes an object of a type.</summary>
    [AsmLabel("RhpNewFast")]
    public static uint* NewObject(uint* type)
    {
        return Make(type, type[TypeBytes]);
    }

    /// <summary>Makes an array or a text.</summary>
    [AsmLabel("RhpNewArrayFast")]
    public static uint* NewArray(uint* type, uint length)
    {
        uint* instance = Make(type, checked(type[TypeBytes] + (length * (type[TypeFlags] & ElementMask))));
        instance[1] = length;
        return instance;
    }

    /// <summary>Makes a place from which an object is referred to.</summary>
    [AsmLabel("RhpHandleAlloc")]
    public static uint** NewHandle(uint* target, int kind)
    {
        uint** handle = (uint**)Heap.SafeAlloc(sizeof(uint));
        *handle = target;
        return handle;
    }

    /// <summary>The module, as the compiler's start-up code knows it.</summary>
    [AsmLabel("RhpRegisterOsModule")]
    public static void* RegisterModule(void* module) => module;

    /// <summary>The module's table of contents, behind a word for the system's own.</summary>
    [AsmLabel("RhpCreateTypeManager")]
    public static uint** CreateTypeManager(void* module, uint* header, void** functions, int count)
    {
        s_header = header;
        uint** manager = (uint**)Heap.SafeAlloc(2 * sizeof(uint));
        manager[1] = header;
        return manager;
    }

    /// <summary>A section of the module and its length in bytes; null when there is none of that number.</summary>
    [AsmLabel("RhpGetModuleSection")]
    public static void* SectionOf(void* manager, uint number, uint* length)
    {
        uint* section = s_header + HeaderWords;
        uint count = s_header[HeaderWords - 1] & CountMask;
        for (uint i = 0; i < count; i++, section += SectionWords)
        {
            if (section[0] != number) continue;
            *length = section[3] - section[2];
            return (void*)section[2];
        }

        *length = 0;
        return null;
    }

    private static uint* Make(uint* type, uint sizeBytes)
    {
        uint* instance = (uint*)GCImplementation.AllocNewObject(sizeBytes);
        instance[0] = (uint)type;
        if (Keeps) GCImplementation.IncRootCount((ushort*)instance);
        return instance;
    }
}
