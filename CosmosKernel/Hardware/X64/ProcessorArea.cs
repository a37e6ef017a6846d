using System.Runtime.InteropServices;
using Cosmos.Core;

namespace MemOS.Hardware;

/// <summary>What a processor finds by GS while it runs the kernel. X# knows the layout up to <see cref="Scratch"/>.</summary>
/// <remarks>At most <see cref="ThreadBlock.AreaBytes"/> bytes. Only the processor itself writes to it, but for the words about calls.</remarks>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct ProcessorArea
{
    /// <summary>Where <see cref="Context"/> lies.</summary>
    public const int ContextOffset = 64;

    /// <summary>No instruction's address.</summary>
    public const ulong IsAskedWhere = 1;

    /// <summary>Where <see cref="OwnLocals"/> lies.</summary>
    public const int OwnLocalsOffset = ContextOffset + 88;

    // What others write to has a line of the cache of its own.
    private const int CallOffset = 192;

    private const int LocalsOffset = 1024;

    /// <summary>The runtime's part.</summary>
    [FieldOffset(0)]
    public ThreadBlock Thread;

    /// <summary>The program that runs, or ran last.</summary>
    [FieldOffset(ContextOffset)]
    public UserContext* Context;

    /// <summary>Where the kernel's stack ends that let the program run.</summary>
    [FieldOffset(ContextOffset + 8)]
    public ulong KernelStack;

    /// <summary>Where the task state has the stack for interrupts of programs.</summary>
    [FieldOffset(ContextOffset + 16)]
    public ulong* InterruptStack;

    /// <summary>A register's place while none is free.</summary>
    [FieldOffset(ContextOffset + 24)]
    public ulong Scratch;

    /// <summary>Its number, as the kernel counts.</summary>
    [FieldOffset(ContextOffset + 32)]
    public int Number;

    /// <summary>How many interrupts and exceptions it is handling, one inside the other.</summary>
    [FieldOffset(ContextOffset + 36)]
    public int Depth;

    /// <summary>The address that its last page fault which was no probe's was about.</summary>
    [FieldOffset(ContextOffset + 40)]
    public ulong FaultAddress;

    /// <summary>A bit for each rank of lock that it holds.</summary>
    [FieldOffset(ContextOffset + 48)]
    public uint HeldRanks;

    /// <summary>The number that interrupts are sent to it by.</summary>
    [FieldOffset(ContextOffset + 52)]
    public uint ApicId;

    /// <summary>Its segments, task state and interrupt table.</summary>
    [FieldOffset(ContextOffset + 56)]
    public ProcessorTables* Tables;

    /// <summary>The calls that it has carried out for others.</summary>
    [FieldOffset(ContextOffset + 64)]
    public ulong CallsServed;

    /// <summary>What the kernel has in MXCSR.</summary>
    [FieldOffset(ContextOffset + 72)]
    public uint Mxcsr;

    /// <summary>Not 0 while it sleeps because it has nothing to do.</summary>
    [FieldOffset(ContextOffset + 76)]
    public byte IsIdle;

    /// <summary>Not 0 while it gives back what it keeps for itself.</summary>
    [FieldOffset(ContextOffset + 77)]
    public byte IsDraining;

    /// <summary>Not 0 while it stands still for another, or is about to.</summary>
    [FieldOffset(ContextOffset + 78)]
    public byte IsStanding;

    /// <summary>Not 0 when none of its fast ways is under way where it stands, or stood last.</summary>
    [FieldOffset(ContextOffset + 79)]
    public byte IsClean;

    /// <summary>Its threads: who keeps them knows what lies there.</summary>
    [FieldOffset(ContextOffset + 80)]
    public void* Threads;

    /// <summary>Its <see cref="Locals"/>, to be had in one step.</summary>
    [FieldOffset(OwnLocalsOffset)]
    public ProcessorLocals* OwnLocals;

    /// <summary>The ticks of its own timer.</summary>
    [FieldOffset(ContextOffset + 96)]
    public ulong Ticks;

    /// <summary>Not 0 while its own timer ticks.</summary>
    [FieldOffset(ContextOffset + 104)]
    public byte IsTicking;

    /// <summary>Not 0 when something wanted ticks since the last one.</summary>
    [FieldOffset(ContextOffset + 105)]
    public byte WantsTicks;

    /// <summary>A bit for each rank of lock that it holds and that lets interrupts through.</summary>
    [FieldOffset(ContextOffset + 108)]
    public uint OpenRanks;

    /// <summary>What another processor asks it to run at once: a function of one word. 0 when it is done.</summary>
    [FieldOffset(CallOffset)]
    public nuint CallTarget;

    /// <summary>What is handed to the function.</summary>
    [FieldOffset(CallOffset + 8)]
    public CosmosAddress CallArgument;

    /// <summary>A <see cref="ProcessorPhase"/>.</summary>
    [FieldOffset(CallOffset + 16)]
    public int Phase;

    /// <summary>What it is to run when it has nothing else to do: a function of one word. 0 when it is done.</summary>
    [FieldOffset(CallOffset + 24)]
    public nuint WorkTarget;

    /// <summary>What is handed to that function.</summary>
    [FieldOffset(CallOffset + 32)]
    public CosmosAddress WorkArgument;

    /// <summary>Whether it is to stand still, or does: a state of <see cref="Collections.StopHandshake"/>.</summary>
    [FieldOffset(CallOffset + 40)]
    public int StopState;

    /// <summary>How often it was asked to give back what it keeps for itself.</summary>
    [FieldOffset(CallOffset + 44)]
    public int DrainsAsked;

    /// <summary>Up to which of these times it has.</summary>
    [FieldOffset(CallOffset + 48)]
    public int DrainsDone;

    /// <summary>Its stack pointer while it stands still: all its registers lie above.</summary>
    [FieldOffset(CallOffset + 56)]
    public CosmosAddress ParkedStack;

    /// <summary><see cref="IsAskedWhere"/> while another processor wants to know where it is; then the address of the instruction there.</summary>
    [FieldOffset(CallOffset + 64)]
    public ulong Whereabouts;

    /// <summary>What the allocators keep for this processor.</summary>
    [FieldOffset(LocalsOffset)]
    public ProcessorLocals Locals;
}
