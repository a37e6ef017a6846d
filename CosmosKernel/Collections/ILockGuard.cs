namespace MemOS.Collections;

/// <summary>What a lock needs of the processor that takes it.</summary>
/// <remarks>Used as a struct type parameter. In the machine it is the processor, in tests a thread stands for one.</remarks>
public interface ILockGuard
{
    /// <summary>The ranks of the locks that this processor holds, a bit each.</summary>
    ref uint HeldRanks { get; }

    /// <summary>Masks interrupts; whether they were let through before, which is for <see cref="Leave"/>.</summary>
    bool Enter();

    /// <summary>Undoes an <see cref="Enter"/>, given what it returned.</summary>
    void Leave(bool wereOn);

    /// <summary>Passes a moment while another processor holds the lock.</summary>
    void Wait();
}
