using System.Globalization;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>The commands that read memory's state: mem, zones, map, reserved.</summary>
public sealed class MemoryCommands
{
    private const ulong BytesPerKiB = 1024;
    private const int LongestZoneName = 8;

    private readonly IMemoryView _memory;

    /// <summary>Creates the commands over <paramref name="memory"/>.</summary>
    public MemoryCommands(IMemoryView memory)
    {
        _memory = memory;
    }

    /// <summary>Adds the commands to a table.</summary>
    public void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("mem", "", "shows how much memory there is and who has it", Memory));
        table.Add(new ShellCommand("zones", "", "lists the zones with their free frames and watermarks", Zones));
        table.Add(new ShellCommand("map", "", "lists the firmware's memory map and what is set aside", Map));
        table.Add(new ShellCommand("reserved", "", "lists what is never handed out, and why", Reserved));
    }

    private CommandResult Memory(ITerminal terminal, string[] arguments)
    {
        // All counts first: what is written about them takes memory.
        var table = new TextTable("memory", ">frames", ">KiB");
        ulong[] owned = new ulong[FrameOwners.Count];
        FrameStatistics frames = _memory.Frames;
        for (int owner = 0; owner < owned.Length; owner++) owned[owner] = _memory.FramesOf((FrameOwner)owner);

        AddFrames(table, "total", frames.Total);
        AddFrames(table, "reserved at boot", frames.Reserved);
        AddFrames(table, "used", frames.Used);
        for (int owner = 1; owner < owned.Length; owner++) AddFrames(table, "  " + ((FrameOwner)owner).Description(), owned[owner]);
        AddFrames(table, "free", frames.Free);
        table.WriteTo(terminal);
        WriteNotCounted(terminal);
        return CommandResult.Ok;
    }

    /// <summary>The frames of the firmware's map that are not memory to MemOS.</summary>
    private void WriteNotCounted(ITerminal terminal)
    {
        var firmware = new FirmwareFrames(_memory.Map);
        terminal.WriteLine("");
        var table = new TextTable("not counted", ">frames", ">KiB");
        AddFrames(table, "firmware and devices", firmware.Of(MemoryKind.Reserved));
        AddFrames(table, "ACPI tables", firmware.Of(MemoryKind.AcpiReclaimable));
        AddFrames(table, "ACPI non-volatile", firmware.Of(MemoryKind.AcpiNvs));
        AddFrames(table, "bad", firmware.Of(MemoryKind.Bad));
        AddFrames(table, "partly usable", firmware.PartlyUsable);
        AddFrames(table, "holes", firmware.Holes);
        AddFrames(table, "map, total included", firmware.End.Value);
        table.WriteTo(terminal);
    }

    private CommandResult Zones(ITerminal terminal, string[] arguments)
    {
        bool hasNodes = _memory.ZoneAt(_memory.ZoneCount - 1).Node != NodeId.Zero;
        var table = new TextTable(hasNodes ? "zone of node" : "zone", "from", ">present", ">managed", ">free", ">min", ">low", ">high", ">served", ">failed");
        for (int i = 0; i < _memory.ZoneCount; i++)
        {
            Zone zone = _memory.ZoneAt(i);
            ulong free = zone.FreeFrames;
            string name = zone.Kind.Description();
            table.Add(
                hasNodes ? name.PadRight(LongestZoneName) + zone.Node.Value.ToString(CultureInfo.InvariantCulture) : name,
                zone.Span.Start.Start.ToString(), Text(zone.PresentFrames), Text(zone.ManagedFrames), Text(free),
                Text(zone.Marks.Min), Text(zone.Marks.Low), Text(zone.Marks.High), Text(zone.Served), Text(zone.Failed));
        }

        table.WriteTo(terminal);
        FrameStatistics frames = _memory.Frames;
        terminal.WriteLine(
            "served by the " + _memory.Allocator + " allocator; blocks have " + Text(frames.Granted - frames.Wanted) + " of "
            + Text(frames.Granted) + " frames more than they were taken for");
        return CommandResult.Ok;
    }

    private CommandResult Map(ITerminal terminal, string[] arguments)
    {
        var firmware = new TextTable("from", "to", ">KiB", "the firmware says");
        int position = 0;
        while (_memory.Map.TryNext(ref position, out MemoryRange range))
            firmware.Add(range.Start.ToString(), range.End.ToString(), Text(range.SizeBytes / BytesPerKiB), range.Kind.Description());
        firmware.WriteTo(terminal);

        terminal.WriteLine("");
        WriteRegions(terminal);
        return CommandResult.Ok;
    }

    private CommandResult Reserved(ITerminal terminal, string[] arguments)
    {
        WriteRegions(terminal);
        ulong ram = _memory.Map.UsableFrames - UnreservedFrames();
        terminal.WriteLine(
            Text((ulong)_memory.Reserved.Count) + " regions; of the total memory they take " + Text(ram) + " frames, "
            + Text(FrameNumber.BytesOf(ram) / BytesPerKiB) + " KiB");
        return CommandResult.Ok;
    }

    private void WriteRegions(ITerminal terminal)
    {
        var table = new TextTable("from", "to", ">frames", ">KiB", ">of the total", "set aside for");
        ReservedRegions regions = _memory.Reserved;
        for (int i = 0; i < regions.Count; i++)
        {
            FrameRange frames = regions[i].Frames;
            table.Add(
                frames.Start.Start.ToString(), frames.End.Start.ToString(), Text(frames.Count), Text(frames.SizeBytes / BytesPerKiB),
                Text(UsableFramesIn(frames)), regions[i].Kind.Description());
        }

        table.WriteTo(terminal);
    }

    private ulong UsableFramesIn(FrameRange frames)
    {
        ulong count = 0;
        int position = 0;
        while (_memory.Map.TryNextUsable(ref position, out FrameRange usable)) count += usable.Intersect(frames).Count;
        return count;
    }

    /// <summary>Regions may overlap: what they leave is counted, not what they take.</summary>
    private ulong UnreservedFrames()
    {
        ulong count = 0;
        var cursor = new UnreservedCursor(_memory.Map, _memory.Reserved);
        while (cursor.TryNext(out FrameRange frames)) count += frames.Count;
        return count;
    }

    private static void AddFrames(TextTable table, string name, ulong frames) =>
        table.Add(name, Text(frames), Text(FrameNumber.BytesOf(frames) / BytesPerKiB));

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
