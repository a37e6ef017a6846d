using System.Runtime.CompilerServices;
using System.Threading;
using Cosmos.Core;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>MemOS's interrupt table and the first C# that an interrupt meets, x86-64.</summary>
/// <remarks>
/// An interrupt goes: processor, entry in X#, <see cref="Dispatch"/> or <see cref="DispatchPageFault"/>, <see cref="FaultRecovery"/>, and only when
/// that was no probe's fault on to the kit's handler of the vector, which a kernel plugs. Nothing on the way allocates.
/// </remarks>
public static unsafe class Interrupts
{
    /// <summary>The interrupt that cannot be masked.</summary>
    public const byte NonMaskableVector = 2;

    [FixedAddressValueType]
#pragma warning disable CS0649 // Written through a pointer.
    private static ProcessorTables s_tables;
#pragma warning restore CS0649
    private static bool s_installed;
    private static delegate*<ref INTs.IRQContext, void> s_serveProcessors;

    /// <summary>Whether <see cref="Install"/> was called.</summary>
    public static bool IsInstalled => s_installed;

    /// <summary>Whether this processor is handling an interrupt or exception.</summary>
    public static bool IsHandling => Cpu.CurrentArea()->Depth != 0;

    /// <summary>The address that this processor's last page fault which was no probe's was about, as CR2 was on entry.</summary>
    public static VirtAddr FaultAddress => VirtAddr.FromTrusted(Cpu.CurrentArea()->FaultAddress);

    /// <summary>Builds the tables and makes this processor use them. Whether interrupts are masked does not change.</summary>
    public static void Install(in InterruptStacks stacks)
    {
        delegate*<ref INTs.IRQContext, void> dispatch = &Dispatch;
        delegate*<ref INTs.IRQContext, CosmosAddress, void> pageFault = &DispatchPageFault;
        ProcessorTables* tables = Tables();
        ProcessorTables.Build(tables, stacks, Cpu.InterruptEntries(dispatch, pageFault));
        Cpu.CurrentArea()->Tables = tables;
        bool wereOn = Cpu.DisableInterrupts();
        ProcessorTables.Load(tables);
        s_installed = true;
        Cpu.RestoreInterrupts(wereOn);
    }

    /// <summary>Builds the tables of another processor, which then loads them: <see cref="ProcessorTables.Load"/>.</summary>
    public static void BuildFor(ProcessorTables* tables, in InterruptStacks stacks)
    {
        delegate*<ref INTs.IRQContext, void> dispatch = &Dispatch;
        delegate*<ref INTs.IRQContext, CosmosAddress, void> pageFault = &DispatchPageFault;
        ProcessorTables.Build(tables, stacks, Cpu.InterruptEntries(dispatch, pageFault));
    }

    /// <summary>Says who serves the vectors that processors send each other; it allocates nothing.</summary>
    public static void SetProcessorHandler(delegate*<ref INTs.IRQContext, void> handler) => s_serveProcessors = handler;

    /// <summary>Loads the interrupt table again, after someone loaded another.</summary>
    public static void Reload() => ProcessorTables.LoadInterruptTable(Tables());

    /// <summary>Moves the three stacks, once better ones are there.</summary>
    public static void SetStacks(in InterruptStacks stacks)
    {
        bool wereOn = Cpu.DisableInterrupts();
        ProcessorTables.SetStacks(Tables(), stacks);
        Cpu.RestoreInterrupts(wereOn);
    }

    /// <summary>Serves an interrupt that stopped a program, as if it had come now.</summary>
    /// <param name="vector">Its vector, 32 or above, or <see cref="NonMaskableVector"/>.</param>
    /// <param name="instruction">The program's next instruction.</param>
    public static void Serve(byte vector, ulong instruction)
    {
        INTs.IRQContext context = default;
        context.Interrupt = vector;
        context.EIP = (CosmosAddress)instruction;
        context.CS = ProcessorTables.UserCode64;
        context.EFlags = (CosmosAddress)UserFlags.Fixed;
        Handle(ref context);
    }

    /// <summary>Every interrupt but the page fault.</summary>
    internal static void Dispatch(ref INTs.IRQContext context)
    {
        if (!FaultRecovery.TryRecover(ref context)) Handle(ref context);
    }

    /// <summary>The page fault.</summary>
    internal static void DispatchPageFault(ref INTs.IRQContext context, CosmosAddress faultAddress)
    {
        if (!FaultRecovery.TryRecover(ref context))
        {
            ProcessorArea* area = Cpu.CurrentArea();
            area->FaultAddress = faultAddress;
            area->Depth++;
            INTs.HandleInterrupt_0E(ref context);
            area->Depth--;
        }
    }

    private static void Handle(ref INTs.IRQContext context)
    {
        ProcessorArea* area = Cpu.CurrentArea();
        if (context.Interrupt == NonMaskableVector && Volatile.Read(ref area->Whereabouts) == ProcessorArea.IsAskedWhere)
        {
            Volatile.Write(ref area->Whereabouts, context.EIP);
            return;
        }

        area->Depth++;
        if (context.Interrupt >= LocalApic.FirstVector && s_serveProcessors != null) s_serveProcessors(ref context);
        else INTs.Dispatch(ref context);
        area->Depth--;
    }

    // SAFETY: the attribute keeps the tables where they are.
    private static ProcessorTables* Tables() => (ProcessorTables*)Unsafe.AsPointer(ref s_tables);
}
