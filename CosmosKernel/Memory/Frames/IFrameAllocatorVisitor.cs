namespace MemOS.Memory.Frames;

/// <summary>Sees each algorithm that there is: <see cref="FrameAllocators.Visit"/>.</summary>
public interface IFrameAllocatorVisitor
{
    /// <summary>There is <typeparamref name="TBlocks"/>, called <paramref name="name"/> where people choose.</summary>
    void Visit<TBlocks>(string name)
        where TBlocks : unmanaged, IBlockAllocator;
}
