namespace MemOS.Memory.Tlb;

/// <summary>What one processor holds under one number: of which address space, and how much of it was to be forgotten when it last was.</summary>
public struct SpaceSlot
{
    internal ulong Id;
    internal ulong Generation;
    internal ulong KernelGeneration;
    internal bool IsUsed;
}
