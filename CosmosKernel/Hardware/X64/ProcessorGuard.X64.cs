namespace MemOS.Hardware;

/// <content>x86-64: each processor has its own word of held ranks.</content>
public readonly unsafe partial struct ProcessorGuard
{
    /// <inheritdoc/>
    public ref uint HeldRanks => ref Cpu.CurrentArea()->HeldRanks;

    /// <summary>Whether this processor holds a lock.</summary>
    public static bool HoldsLock => Cpu.CurrentArea()->HeldRanks != 0;

    /// <inheritdoc/>
    public void Wait()
    {
        CrossCalls.Serve();
        Cpu.Pause();
    }
}
