namespace MemOS.Memory.Virtual;

/// <summary>The room that a stack keeps free below it.</summary>
public static class StackGap
{
    /// <summary>So many pages, 1 MiB: a function whose frame is smaller cannot step over it without touching it.</summary>
    public const ulong PageCount = 256;
}
