namespace MemOS.Memory.Virtual;

/// <summary>Random words that move the parts of a process; of each as many bits count as its <see cref="UserEntropy"/> says.</summary>
public readonly struct UserMoves
{
    /// <summary>All of them; zeros move nothing.</summary>
    public UserMoves(ulong stack, ulong anywhere, ulong image, ulong heap)
    {
        Stack = stack;
        Anywhere = anywhere;
        Image = image;
        Heap = heap;
    }

    /// <summary>The stack, downwards.</summary>
    public ulong Stack { get; }

    /// <summary>Areas that lie anywhere, downwards.</summary>
    public ulong Anywhere { get; }

    /// <summary>An image that runs anywhere, upwards.</summary>
    public ulong Image { get; }

    /// <summary>The heap, upwards.</summary>
    public ulong Heap { get; }
}
