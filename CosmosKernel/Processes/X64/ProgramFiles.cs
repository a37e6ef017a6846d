using System.Collections.Generic;
using MemOS.Hardware;
using MemOS.Memory.Virtual;
using MemOS.Startup;

namespace MemOS.Processes;

/// <summary>The files that programs see: those of the archive that the boot loader put beside the kernel, with the pages read of them so far.</summary>
public static unsafe class ProgramFiles
{
    private static readonly List<string> s_names = new();
    private static readonly List<nint> s_objects = new();

    /// <summary>The archive; empty when there is none.</summary>
    public static Archive Archive
    {
        get
        {
            ulong sizeBytes = KernelMemory.FirstModuleBytes;
            return sizeBytes == 0 ? default : new Archive(default(DirectMap).Pointer(KernelMemory.FirstModule), KernelMemory.FirstModule, sizeBytes);
        }
    }

    /// <summary>Finds a file by its path; a slash at the beginning does not count.</summary>
    public static bool TryFind(string path, out ArchiveEntry entry)
    {
        int start = 0;
        while (start < path.Length && path[start] == '/') start++;
        return Archive.TryFind(path.Substring(start), out entry);
    }

    /// <summary>The file as an object that areas can show; null without memory. It is kept from then on.</summary>
    public static MemoryObject* ObjectOf(in ArchiveEntry file)
    {
        for (int index = 0; index < s_names.Count; index++)
        {
            if (s_names[index] == file.Name) return (MemoryObject*)s_objects[index];
        }

        if (!default(ProcessSource).TryAllocateObject(out MemoryObject* backing)) return null;
        *backing = MemoryObject.File(file.Start, file.SizeBytes);
        s_names.Add(file.Name);
        s_objects.Add((nint)backing);
        return backing;
    }

    /// <summary>The name of the file that an object is; empty when it is none of them.</summary>
    public static string NameOf(MemoryObject* backing)
    {
        int index = s_objects.IndexOf((nint)backing);
        return index < 0 ? "" : s_names[index];
    }
}
