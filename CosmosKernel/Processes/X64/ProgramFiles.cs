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

    /// <summary>The number that a file or folder is told from others by: its place in the archive, or one that its path makes; not 0.</summary>
    public static ulong NumberOf(string path)
    {
        ulong number = 2;
        for (ulong position = 0; Archive.TryNext(ref position, out ArchiveEntry entry); number++)
        {
            if (path.Length == entry.Name.Length + 1 && path.EndsWith(entry.Name, System.StringComparison.Ordinal)) return number;
        }

        // FNV-1a, above all places.
        ulong hash = 0xCBF29CE484222325;
        for (int index = 0; index < path.Length; index++) hash = unchecked((hash ^ path[index]) * 0x100000001B3);
        return hash | 1UL << 62;
    }

    /// <summary>The file as an object that areas can show; null without memory. It is kept from then on.</summary>
    public static MemoryObject* ObjectOf(in ArchiveEntry file)
    {
        for (int index = 0; index < s_names.Count; index++)
        {
            if (s_names[index] == file.Name) return (MemoryObject*)s_objects[index];
        }

        s_names.EnsureCapacity(s_names.Count + 1); // First what can throw.
        s_objects.EnsureCapacity(s_objects.Count + 1);
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
