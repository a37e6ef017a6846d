namespace MemOS.Memory.Diagnostics;

/// <summary>Tells the frames of the heap, with which every call stack of a block begins, from those of its users.</summary>
public static unsafe class CallSite
{
    private const int PrefixCount = 5;

    /// <summary>Whether a method's name is one of the heap's, of its plugs', or of what passes their calls on.</summary>
    public static bool IsOfHeap(byte* name, int length)
    {
        for (int i = 0; i < PrefixCount; i++)
        {
            if (StartsWith(name, length, Prefix(i))) return true;
        }

        return false;
    }

    /// <summary>The same for a name that is a string.</summary>
    public static bool IsOfHeap(string name)
    {
        for (int i = 0; i < PrefixCount; i++)
        {
            if (name.StartsWith(Prefix(i), System.StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static string Prefix(int index)
    {
        switch (index)
        {
            case 0: return "MemOS.Memory.Heap.";
            case 1: return "MemOS.Startup.KernelMemory.";
            case 2: return "MemOS.Startup.HeapWatcher.";
            case 3: return "MemOS.Plugs.Cosmos.";
            default: return "Cosmos.Core.Memory.";
        }
    }

    private static bool StartsWith(byte* name, int length, string start)
    {
        if (length < start.Length) return false;
        for (int i = 0; i < start.Length; i++)
        {
            if (name[i] != start[i]) return false;
        }

        return true;
    }
}
