using System.Runtime.InteropServices;

namespace MemOS.Hardware;

/// <summary>The 64-bit task state: nothing but stack pointers (Intel SDM vol. 3, 8.7).</summary>
/// <remarks>The 8-byte fields lie at multiples of 4 only.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct TaskState
{
    private readonly uint _reserved0;
    private ulong _stack0;
    private readonly ulong _stack1;
    private readonly ulong _stack2;
    private readonly ulong _reserved1;
    private ulong _interruptStack1;
    private ulong _interruptStack2;
    private ulong _interruptStack3;
    private readonly ulong _interruptStack4;
    private readonly ulong _interruptStack5;
    private readonly ulong _interruptStack6;
    private readonly ulong _interruptStack7;
    private readonly ulong _reserved2;
    private readonly ushort _reserved3;
    private readonly ushort _portMapOffset;

    /// <summary>A task state with the three interrupt stacks and without a map of permitted ports.</summary>
    public TaskState(in InterruptStacks stacks)
    {
        this = default;
        // Behind the end of the segment: no map.
        _portMapOffset = SizeBytes;
        SetStacks(stacks);
    }

    /// <summary>The size in bytes.</summary>
    public static ushort SizeBytes => 104;

    /// <summary>The place of the non-maskable interrupt's stack.</summary>
    public static int NonMaskableIndex => 1;

    /// <summary>The place of the double fault's stack.</summary>
    public static int DoubleFaultIndex => 2;

    /// <summary>The place of the machine check's stack.</summary>
    public static int MachineCheckIndex => 3;

    /// <summary>Where the stack of <paramref name="task"/> is kept that an interrupt of a program changes to; at a multiple of 4.</summary>
    internal static unsafe ulong* UserInterruptStack(TaskState* task) => &task->_stack0; // SAFETY: the caller's stays where it is.

    /// <summary>Replaces the three stacks; the processor reads them at the next interrupt.</summary>
    public void SetStacks(in InterruptStacks stacks)
    {
        _interruptStack1 = stacks.NonMaskable.Value;
        _interruptStack2 = stacks.DoubleFault.Value;
        _interruptStack3 = stacks.MachineCheck.Value;
    }
}
