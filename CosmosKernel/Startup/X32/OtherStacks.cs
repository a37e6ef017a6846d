namespace MemOS.Startup;

/// <summary>The stacks that others use: with one processor and one thread there are none.</summary>
internal static unsafe class OtherStacks
{
    /// <summary>There are none.</summary>
    internal static void Visit(delegate*<void*, void*, void> visit) => _ = visit;
}
