using System.Runtime.InteropServices;

namespace MemOS.Hardware;

/// <summary>One processor's segment table, task state and interrupt table, in memory that the caller keeps where it is.</summary>
/// <remarks>
/// The order of the user segments is the one SYSRET wants (Intel SDM vol. 3, 5.8.8): 32-bit code, data, 64-bit code. The first is empty: SYSCALL from
/// 32-bit code would go where CSTAR says (AMD APM vol. 2, 6.1.1), as the kernel, and there is nothing. Every vector has a
/// gate of its own, an interrupt gate; programs may raise breakpoint and overflow by an instruction, nothing else. Three have a stack of their own.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ProcessorTables
{
    /// <summary>The kernel's code segment.</summary>
    public const ushort KernelCode = 1 * 8;

    /// <summary>The kernel's data segment.</summary>
    public const ushort KernelData = 2 * 8;

    /// <summary>The base that SYSRET counts from; no segment is there.</summary>
    public const ushort UserBase = 3 * 8 | 3;

    /// <summary>The data segment of user code.</summary>
    public const ushort UserData = 4 * 8 | 3;

    /// <summary>The code segment of 64-bit user code.</summary>
    public const ushort UserCode64 = 5 * 8 | 3;

    /// <summary>The task state, which takes two entries.</summary>
    public const ushort Task = 6 * 8;

    /// <summary>The number of interrupt vectors.</summary>
    public const int VectorCount = 256;

    /// <summary>The distance in bytes from one interrupt entry to the next.</summary>
    public const int EntryStride = 16;

    private const int SegmentCount = 8;
    private const int NonMaskableVector = 2;
    private const int BreakpointVector = 3;
    private const int OverflowVector = 4;
    private const int DoubleFaultVector = 8;
    private const int MachineCheckVector = 18;

    private fixed ulong _segments[SegmentCount];
    private fixed ulong _gates[VectorCount * 2];
    private TaskState _task;

    /// <summary>Builds the tables at <paramref name="tables"/>.</summary>
    /// <param name="tables">The memory, at its final address.</param>
    /// <param name="stacks">The stacks of the three interrupts that have one.</param>
    /// <param name="entries">The code of vector 0; the others follow, <see cref="EntryStride"/> bytes apart.</param>
    public static void Build(ProcessorTables* tables, in InterruptStacks stacks, byte* entries)
    {
        // SAFETY: the caller's memory is a whole structure; every index is below the buffers' lengths.
        tables->_task = new TaskState(stacks);
        ulong task = (ulong)&tables->_task;
        tables->_segments[0] = 0;
        tables->_segments[KernelCode / 8] = SegmentDescriptor.Code64(0).Value;
        tables->_segments[KernelData / 8] = SegmentDescriptor.Data(0).Value;
        tables->_segments[UserBase / 8] = 0;
        tables->_segments[UserData / 8] = SegmentDescriptor.Data(3).Value;
        tables->_segments[UserCode64 / 8] = SegmentDescriptor.Code64(3).Value;
        tables->_segments[Task / 8] = SegmentDescriptor.TaskState(task, TaskState.SizeBytes).Value;
        tables->_segments[Task / 8 + 1] = task >> 32;
        for (int vector = 0; vector < VectorCount; vector++)
        {
            GateDescriptor gate = new((ulong)(entries + vector * EntryStride), KernelCode, StackIndex(vector), PrivilegeFor(vector));
            tables->_gates[vector * 2] = gate.Low;
            tables->_gates[vector * 2 + 1] = gate.High;
        }
    }

    /// <summary>Makes this processor use all of the tables.</summary>
    public static void Load(ProcessorTables* tables)
    {
        DescriptorTablePointer segments = new((CosmosAddress)(&tables->_segments[0]), SegmentCount * sizeof(ulong));
        Cpu.LoadGdt(&segments, KernelCode, KernelData);
        Cpu.LoadTaskRegister(Task);
        LoadInterruptTable(tables);
    }

    /// <summary>Makes this processor use the interrupt table.</summary>
    public static void LoadInterruptTable(ProcessorTables* tables)
    {
        DescriptorTablePointer gates = new((CosmosAddress)(&tables->_gates[0]), VectorCount * 2 * sizeof(ulong));
        Cpu.LoadIdt(&gates);
    }

    /// <summary>Replaces the three stacks; may be done while the tables are in use, with interrupts masked.</summary>
    public static void SetStacks(ProcessorTables* tables, in InterruptStacks stacks) => tables->_task.SetStacks(stacks);

    /// <summary>Where the stack is kept that an interrupt of a program changes to.</summary>
    internal static ulong* UserInterruptStack(ProcessorTables* tables) => TaskState.UserInterruptStack(&tables->_task);

    private static int PrivilegeFor(int vector) => vector is BreakpointVector or OverflowVector ? 3 : 0;

    private static int StackIndex(int vector) => vector switch
    {
        NonMaskableVector => TaskState.NonMaskableIndex,
        DoubleFaultVector => TaskState.DoubleFaultIndex,
        MachineCheckVector => TaskState.MachineCheckIndex,
        _ => 0,
    };
}
