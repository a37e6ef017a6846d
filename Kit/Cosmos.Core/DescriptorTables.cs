using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cosmos.Core;

/// <summary>The kernel's segment table, task state and interrupt table, in static storage.</summary>
/// <remarks>
/// Flat segments for kernel code (selector 8) and data (16), and one task state (24) whose only use are three stacks:
/// the non-maskable interrupt, the double fault and the machine check must not trust the stack they interrupt.
/// </remarks>
public static unsafe class DescriptorTables
{
    /// <summary>The distance in bytes from one entry stub to the next.</summary>
    public const int StubStride = 16;

    private const int VectorCount = 256;
    private const int StackBytes = 16 * 1024;
    private const ulong CodeSegment = 0x00AF_9B00_0000_FFFF;
    private const ulong DataSegment = 0x00CF_9300_0000_FFFF;
    private const ulong CodeSelector = 8;
    private const ulong AvailableTaskState = 0x89;
    private const ulong InterruptGate = 0x8E;
    private const int TaskStateBytes = 104;

    [FixedAddressValueType]
    private static Tables s_tables;

    private struct Tables
    {
        public fixed ulong Segments[6];
        public fixed ulong Interrupts[VectorCount * 2];
        public fixed byte TaskState[TaskStateBytes];
        public TablePointer SegmentsPointer;
        public TablePointer InterruptsPointer;
        public fixed byte NonMaskableStack[StackBytes];
        public fixed byte DoubleFaultStack[StackBytes];
        public fixed byte MachineCheckStack[StackBytes];
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private struct TablePointer
    {
        public ushort Limit;
        public ulong Address;
    }

    /// <summary>Builds the tables and loads them. Interrupts stay masked.</summary>
    public static void Install()
    {
        fixed (Tables* tables = &s_tables)
        {
            BuildTaskState(tables);
            BuildSegments(tables);
            BuildInterrupts(tables);
            CPU.LoadSegments(&tables->SegmentsPointer);
        }

        LoadInterruptTable();
    }

    /// <summary>Loads the interrupt table again, after someone loaded another.</summary>
    public static void LoadInterruptTable()
    {
        fixed (Tables* tables = &s_tables)
            CPU.LoadInterrupts(&tables->InterruptsPointer);
    }

    private static void BuildTaskState(Tables* tables)
    {
        byte* state = tables->TaskState;
        SetStack(state, 1, tables->NonMaskableStack);
        SetStack(state, 2, tables->DoubleFaultStack);
        SetStack(state, 3, tables->MachineCheckStack);
        // Behind the end: no map of permitted ports.
        *(ushort*)(state + 102) = TaskStateBytes;
    }

    private static void SetStack(byte* state, int index, byte* stack)
    {
        const int FirstStackOffset = 36;
        ulong top = (ulong)(stack + StackBytes) & ~15ul;
        // The field is 8 bytes at a multiple of 4.
        Unsafe.WriteUnaligned(state + FirstStackOffset + (index - 1) * sizeof(ulong), top);
    }

    private static void BuildSegments(Tables* tables)
    {
        ulong state = (ulong)tables->TaskState;
        tables->Segments[1] = CodeSegment;
        tables->Segments[2] = DataSegment;
        tables->Segments[3] = (TaskStateBytes - 1) | (state & 0xFF_FFFF) << 16 | AvailableTaskState << 40
            | (state >> 24 & 0xFF) << 56;
        tables->Segments[4] = state >> 32;
        tables->SegmentsPointer.Limit = 5 * sizeof(ulong) - 1;
        tables->SegmentsPointer.Address = (ulong)tables->Segments;
    }

    private static void BuildInterrupts(Tables* tables)
    {
        delegate*<ref INTs.IRQContext, void> dispatch = &INTs.Dispatch;
        byte* stubs = CPU.InterruptStubs(dispatch);
        for (int vector = 0; vector < VectorCount; vector++)
        {
            ulong entry = (ulong)(stubs + vector * StubStride);
            tables->Interrupts[vector * 2] = (entry & 0xFFFF) | CodeSelector << 16 | StackOf(vector) << 32
                | InterruptGate << 40 | (entry >> 16 & 0xFFFF) << 48;
            tables->Interrupts[vector * 2 + 1] = entry >> 32;
        }

        tables->InterruptsPointer.Limit = VectorCount * 2 * sizeof(ulong) - 1;
        tables->InterruptsPointer.Address = (ulong)tables->Interrupts;
    }

    private static ulong StackOf(int vector) => vector switch
    {
        0x02 => 1,
        0x08 => 2,
        0x12 => 3,
        _ => 0,
    };
}
