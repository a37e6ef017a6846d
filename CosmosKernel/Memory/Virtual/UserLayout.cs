using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Where the user's half of an address space has what, and by how much processes differ from each other.</summary>
/// <remarks>
/// <para>
/// From below: 64 KiB that are never mapped, so that a null reference and what is near it is never a program's; the image; the heap, growing
/// up from the image's end; a wide gap; areas that lie anywhere, from the top down; room for the stack; the stack, growing down. Random bits
/// move image, heap, areas and stack independently: knowing one address tells nothing of the others.
/// </para>
/// <para>
/// VeridianOS and LLD give the user 128 TiB, Valen leaves the lower half to it, MyOS, a 32-bit system, ends it at 3 GiB, so
/// that programs may keep addresses in 32 bits. What lies where within
/// that they leave open; it is chosen here so that every part can be told from the others at a glance.
/// </para>
/// </remarks>
public readonly struct UserLayout
{
    private const ulong LowestBytes = 64UL << 10;
    private const ulong MiB = 1UL << 20;
    private const ulong GiB = 1UL << 30;
    private const ulong TiB = 1UL << 40;

    private UserLayout(ulong sizeBytes, ulong imageBytes, ulong stackBytes, UserEntropy entropy)
    {
        End = PageNumber.FromTrusted(sizeBytes >> PageNumber.Shift);
        Image = PageNumber.FromTrusted(imageBytes >> PageNumber.Shift);
        StackPages = PageNumber.CountFor(stackBytes);
        Entropy = entropy;
    }

    /// <summary>The first page that no process may use. The one before it stays free too: no access reaches across the end.</summary>
    public PageNumber End { get; }

    /// <summary>Where an image that runs anywhere is put when nothing is moved.</summary>
    public PageNumber Image { get; }

    /// <summary>The room that is left for the stack.</summary>
    public ulong StackPages { get; }

    /// <summary>How many random bits each part is moved by.</summary>
    public UserEntropy Entropy { get; }

    /// <summary>The layout of the user's half that goes with the kernel's <paramref name="preset"/>.</summary>
    public static UserLayout For(LayoutPreset preset) => preset switch
    {
        LayoutPreset.Lld => new UserLayout(128 * TiB, 4 * GiB, 64 * MiB, new UserEntropy(22, 28, 28, 13)),
        LayoutPreset.Valen => new UserLayout(128 * TiB, 1 * TiB, 8 * MiB, new UserEntropy(22, 28, 28, 13)),
        LayoutPreset.MyOs => new UserLayout(3 * GiB, 128 * MiB, 8 * MiB, new UserEntropy(11, 8, 8, 13)),
        _ => new UserLayout(128 * TiB, 64 * TiB, 8 * MiB, new UserEntropy(22, 28, 28, 13)),
    };

    /// <summary>The places of one process.</summary>
    /// <param name="moves">By how many pages each part is moved; zeros are the layout as it is.</param>
    public UserPlaces Choose(in UserMoves moves)
    {
        PageNumber lowest = PageNumber.FromTrusted(LowestBytes >> PageNumber.Shift);
        PageNumber stackTop = End - 1 - (moves.Stack & Entropy.StackMask);
        PageNumber anywhere = stackTop - (StackPages + StackGap.PageCount) - (moves.Anywhere & Entropy.AnywhereMask);
        UserRange range = new(PageRange.FromBounds(lowest, End - 1), PageRange.FromBounds(lowest, anywhere));
        return new UserPlaces(range, stackTop, Image + (moves.Image & Entropy.ImageMask), moves.Heap & Entropy.HeapMask);
    }
}
