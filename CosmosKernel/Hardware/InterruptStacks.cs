using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>The stacks of the interrupts that must not trust the one they interrupt; each is named by its top, one past the highest byte.</summary>
public readonly struct InterruptStacks
{
    /// <summary>Names the three stacks; each top is a multiple of 16.</summary>
    public InterruptStacks(VirtAddr nonMaskable, VirtAddr doubleFault, VirtAddr machineCheck)
    {
        NonMaskable = nonMaskable;
        DoubleFault = doubleFault;
        MachineCheck = machineCheck;
    }

    /// <summary>For the non-maskable interrupt, which can come between any two instructions.</summary>
    public VirtAddr NonMaskable { get; }

    /// <summary>For the double fault, which a stack without room causes.</summary>
    public VirtAddr DoubleFault { get; }

    /// <summary>For the machine check.</summary>
    public VirtAddr MachineCheck { get; }
}
