using System;
using MemOS.SelfTest;
using MemOS.Shell;
using MemOS.Startup;

namespace MemOS;

/// <summary>MemOS, from the first object on; what comes before is <see cref="MemoryStart"/>.</summary>
/// <remarks>
/// The boot, from the top: the boot loader loads the image and jumps to the kit's assembler, which switches to 64 bits and calls
/// the kit's entry. The kit reads what the boot loader left and asks for memory through three methods that MemOS's plugs replace:
/// the first of them runs <see cref="MemoryStart.Run"/>, which leaves page tables, zones and heaps of MemOS's own. Then the runtime
/// can make objects; the first of them is this one, and its methods run in the order they stand here.
/// </remarks>
public sealed class Kernel : Cosmos.System.Kernel
{
    private readonly ConsoleTerminal _terminal = new();
    private readonly CommandShell _shell;
    private readonly SelfTestSuite _checks = new();
    private readonly BenchSuite _figures = new(new TimestampClock());

    /// <summary>Puts the parts together; nothing is printed yet.</summary>
    public Kernel()
    {
        _shell = new CommandShell(_terminal, new KernelMachine());
        AddReports();
        AddChecks();
        AddFigures();
    }

    /// <summary>Lets the kit find its devices, has paging on, says what the boot menu's line had that nobody understands, and wakes the other processors.</summary>
    protected override void OnBoot()
    {
        base.OnBoot();
        MemoryStart.SwitchOnPaging();
        new CommandLineReport().WriteTo(_terminal);
        Processors.Start();
    }

    /// <summary>Greets, and runs what the boot menu's <c>exec=</c> asks for.</summary>
    protected override void BeforeRun()
    {
        string memory = (KernelMemory.Frames.Statistics.Total >> 8).ToString() + " MiB";
        Console.WriteLine("MemOS: " + memory + " of memory, " + KernelMemory.Space.Layout.Name + " layout. 'help' lists the commands.");
        string script = KernelMemory.CommandLine.Exec.ToString();
        if (script.Length != 0) _shell.RunTyped(script);
    }

    /// <summary>One line of the shell.</summary>
    protected override void Run() => _shell.ReadAndRun();

    private void AddReports()
    {
        var memory = new LiveMemoryView();
        new MemoryCommands(memory).AddTo(_shell.Commands);
        new FrameCommands(memory).AddTo(_shell.Commands);
        new PagingCommands(LiveAddressSpace.Tables).AddTo(_shell.Commands);
        new FrameHandCommands(memory, new LiveFrameHand()).AddTo(_shell.Commands);
        new HeapCommands(new LiveHeapView()).AddTo(_shell.Commands);
        _shell.Commands.Add(new TraceCommand(new LiveFrameTracing(), new LiveHeapTracing()).ToCommand());
        ProcessCommands.AddTo(_shell.Commands);
        ProcessorCommands.AddTo(_shell.Commands);
        _shell.Commands.Add(new CollectorCommand(new LiveCollector()).ToCommand());
        _shell.Commands.Add(ReportCommand.Create("aspace", "lists the windows of the kernel's address space and what is in each", LiveAddressSpace.Report));
        _shell.Commands.Add(ReportCommand.Create("cpu", "lists the processor's features: used, unused or absent", new LiveCpuReport()));
        _shell.Commands.Add(ReportCommand.Create("numa", "lists the nodes, what belongs to them and how far they are from each other", new LiveNumaReport()));
        _shell.Commands.Add(ReportCommand.Create("plugs", "lists what of the kit and the class library was replaced by what", new PlugReport()));
    }

    private void AddChecks()
    {
        LanguageChecks.AddTo(_checks);
        CollectionChecks.AddTo(_checks);
        AllocationChecks.AddTo(_checks);
        HeapChecks.AddTo(_checks);
        CollectorChecks.AddTo(_checks);
        PagingChecks.AddTo(_checks);
        SpaceChecks.AddTo(_checks);
        UserChecks.AddTo(_checks);
        ProcessorChecks.AddTo(_checks);
        RuntimeChecks.AddTo(_checks);
        _shell.Commands.Add(ProcessCommands.WithoutPrograms(_checks.ToCommand()));
        _shell.Commands.Add(ProcessCommands.WithoutPrograms(KernelStress.Create().ToCommand()));
    }

    private void AddFigures()
    {
        ObjectFigures.AddTo(_figures);
        CollectorFigures.AddTo(_figures);
        MemoryFigures.AddTo(_figures);
        TlbFigures.AddTo(_figures);
        ShootdownFigures.AddTo(_figures);
        SetUpFigure.AddTo(_figures);
        PagingFigures.AddTo(_figures);
        ProgramFigures.AddTo(_figures);
        ProcessorFigures.AddTo(_figures);
        _shell.Commands.Add(ProcessCommands.WithoutPrograms(_figures.ToCommand()));
        _shell.Commands.Add(new FlushTimes(new TimestampClock()).ToCommand());
    }
}
