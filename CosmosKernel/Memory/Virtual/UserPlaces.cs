using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Where the parts of one process go.</summary>
public readonly struct UserPlaces
{
    /// <summary>All of them.</summary>
    public UserPlaces(UserRange range, PageNumber stackTop, PageNumber image, ulong heapGapPages)
    {
        Range = range;
        StackTop = stackTop;
        Image = image;
        HeapGapPages = heapGapPages;
    }

    /// <summary>Where areas may lie.</summary>
    public UserRange Range { get; }

    /// <summary>The page after the stack.</summary>
    public PageNumber StackTop { get; }

    /// <summary>Where an image goes that runs anywhere.</summary>
    public PageNumber Image { get; }

    /// <summary>How far from the image's end the heap begins.</summary>
    public ulong HeapGapPages { get; }
}
