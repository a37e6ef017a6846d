namespace MemOS.SelfTest;

/// <summary>Counts instructions: the time-stamp counter of a machine whose emulator advances it by one an instruction.</summary>
public interface IInstructionClock
{
    /// <summary>The count now.</summary>
    ulong Now { get; }

    /// <summary>Keeps interrupts from being counted; returns whether they were on.</summary>
    bool MaskInterrupts();

    /// <summary>Ends <see cref="MaskInterrupts"/>.</summary>
    void RestoreInterrupts(bool wereOn);
}
