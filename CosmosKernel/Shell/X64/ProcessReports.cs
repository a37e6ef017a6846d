using System.Collections.Generic;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Processes;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The commands that look at processes: ps, vma, faults.</summary>
internal sealed unsafe class ProcessReports
{
    private const int UsualFaults = 8;
    private const ulong PageKiB = PageNumber.SizeBytes / 1024;
    private const string All = "all";

    private readonly ProcessTable _processes;

    /// <summary>The commands about the processes of <paramref name="processes"/>.</summary>
    internal ProcessReports(ProcessTable processes) => _processes = processes;

    /// <summary>Adds the commands to a table.</summary>
    internal void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("ps", "", "lists the processes, and those that ended last", List));
        table.Add(new ShellCommand("vma", "[PID]", "lists the areas of a process's memory; without PID, where programs go", Areas));
        table.Add(new ShellCommand("faults", "[PID|all [N]]", "counts page faults of programs by what became of them, and lists the last ones", Faults));
    }

    private CommandResult List(ITerminal terminal, string[] arguments)
    {
        var table = new TextTable(">process", ">parent", "state", ">cpu", ">resident KiB", ">mapped KiB", ">turns", ">faults", "program");
        _processes.Do(() => AddProcesses(table));
        table.WriteTo(terminal);
        return CommandResult.Ok;
    }

    private void AddProcesses(TextTable table)
    {
        foreach (EndedProcess process in _processes.History.Last)
        {
            table.Add(
                process.Id.ToString(), process.ParentId.ToString(), ProcessText.EndOf(process.Status), "", "", "", process.Turns.ToString(),
                process.Faults.Total.ToString(), process.Name);
        }

        foreach (Process process in _processes.Processes)
        {
            table.Add(
                process.Id.ToString(), process.ParentId.ToString(), ProcessText.StateOf(process), process.Home.ToString(), KiB(process.Memory.ResidentPages),
                KiB(process.Memory.MappedPages), process.Turns.ToString(), process.Memory.Faults.Total.ToString(), process.Name);
        }

    }

    private CommandResult Areas(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length == 0)
        {
            new UserLayoutReport(KernelMemory.CommandLine.Layout, _processes.Random).WriteTo(terminal);
            return CommandResult.Ok;
        }

        if (arguments.Length != 1 || !ProcessText.TryParseId(arguments[0], out int id)) return CommandResult.Failed("vma [PID]; 'ps' lists the processes");
        var table = new TextTable("from", "to", ">KiB", ">resident", "access", "kind", "shows");
        Process? process = null;
        bool hasMemory = false;
        _processes.Do(() =>
        {
            process = _processes.Find(id);
            if (process != null) _processes.Hold(process);
            hasMemory = process != null && process.State != ProcessState.Ended;
            if (hasMemory) AddAreas(table, process!);
        });
        if (process == null) return NoProcess(id);
        if (!hasMemory) return NoMemory(id, process.Name, process.ExitStatus);
        table.WriteTo(terminal);
        return CommandResult.Ok;
    }

    private static void AddAreas(TextTable table, Process process)
    {
        ref ProgramMemory memory = ref process.Memory;
        for (AreaNode* node = memory.Areas.First; node != null; node = AreaTree.Next(node))
        {
            VirtualArea area = node->Area;
            table.Add(
                area.Pages.Start.Start.ToString(), area.Pages.End.Start.ToString(), KiB(area.Pages.Count), KiB(memory.CountResident(area.Pages)),
                AreaText.Of(area.Access), AreaText.NameOf(area.Kind), WhatIsBehind(in area));
        }

        table.Add("all", "", KiB(memory.MappedPages), KiB(memory.ResidentPages), "", "", "");
    }

    private static string WhatIsBehind(in VirtualArea area)
    {
        if (area.Backing == null || !area.Backing->IsFile) return "";
        string name = ProgramFiles.NameOf(area.Backing);
        return area.Offset == 0 ? name : name + " from " + KiB(area.Offset) + " KiB";
    }

    private CommandResult Faults(ITerminal terminal, string[] arguments)
    {
        const string Usage = "faults [PID|all [N]]";
        int id = 0;
        if (arguments.Length > 0 && arguments[0] != All && !ProcessText.TryParseId(arguments[0], out id)) return CommandResult.Failed(Usage);
        ulong most = UsualFaults;
        if (arguments.Length > 2 || (arguments.Length == 2 && !NumberText.TryParse(arguments[1], out most))) return CommandResult.Failed(Usage);
        FaultCounters counters = default;
        bool isFound = false;
        _processes.Do(() => isFound = TryCount(id, out counters));
        if (!isFound) return NoProcess(id);
        FaultText.WriteCounters(terminal, in counters);
        FaultText.WriteLast(terminal, in Process.FaultLog, id, most < FaultLog.Capacity ? (int)most : FaultLog.Capacity);
        return CommandResult.Ok;
    }

    // How the faults of a process ended, or of all that are and were, which is number 0.
    private bool TryCount(int id, out FaultCounters counters)
    {
        counters = id == 0 ? _processes.History.Faults : default;
        List<Process> live = _processes.Processes;
        bool isFound = id == 0;
        foreach (Process process in live)
        {
            if (id != 0 && process.Id != id) continue;
            FaultCounters own = process.Memory.Faults;
            counters.Add(in own);
            isFound = true;
        }

        if (isFound) return true;
        EndedProcess? ended = _processes.History.Find(id);
        if (ended != null) counters = ended.Faults;
        return ended != null;
    }

    private CommandResult NoProcess(int id)
    {
        EndedProcess? ended = _processes.History.Find(id);
        if (ended == null) return CommandResult.Failed("there is no process " + id.ToString());
        return NoMemory(id, ended.Name, ended.Status);
    }

    private static CommandResult NoMemory(int id, string name, int status) =>
        CommandResult.Failed("process " + id.ToString() + " (" + name + ") has no memory any more: " + ProcessText.EndOf(status));

    private static string KiB(ulong pages) => (pages * PageKiB).ToString();
}
