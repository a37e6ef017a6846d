using System.Globalization;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>The commands that look at frames one by one or block by block: buddy, frame.</summary>
public sealed class FrameCommands
{
    private const ulong BytesPerKiB = 1024;

    private readonly IMemoryView _memory;

    /// <summary>Creates the commands over <paramref name="memory"/>.</summary>
    public FrameCommands(IMemoryView memory)
    {
        _memory = memory;
    }

    /// <summary>Adds the commands to a table.</summary>
    public void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("buddy", "[ZONE]", "shows the free blocks of each order, and how fragmented memory is", Buddy, ZoneNames()));
        table.Add(new ShellCommand("frame", "FRAME", "says what a frame is: a number, or an address as P:0x1000", Frame));
    }

    private CommandResult Buddy(ITerminal terminal, string[] arguments)
    {
        bool isFound = false;
        for (int i = 0; i < _memory.ZoneCount; i++)
        {
            if (arguments.Length != 0 && !IsNamed(_memory.ZoneAt(i), arguments[0])) continue;
            if (isFound) terminal.WriteLine("");
            WriteBlocks(terminal, _memory.ZoneAt(i), new ZoneBlocks(_memory, i));
            isFound = true;
        }

        return isFound ? CommandResult.Ok : CommandResult.Failed("no zone is called '" + arguments[0] + "'");
    }

    private CommandResult Frame(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length != 1) return CommandResult.Failed("which frame? a number (12, 0xc, F#c) or an address (P:0xc000)");
        if (!FrameArgument.TryParse(arguments[0], out FrameNumber frame))
            return CommandResult.Failed("'" + arguments[0] + "' is not the number or address of a frame");

        new FrameText(_memory, frame).WriteTo(terminal);
        return CommandResult.Ok;
    }

    private static void WriteBlocks(ITerminal terminal, Zone zone, ZoneBlocks blocks)
    {
        terminal.WriteLine(
            "zone " + zone.Kind.Description() + " of " + zone.Node.ToString() + " from " + zone.Span.Start.Start.ToString() + ": "
            + Text(blocks.FreeFrames) + " frames free");

        // Whoever asks for a single frame gets a cached one too; what is pending becomes blocks as large as are asked for.
        ulong useless = 0;
        int last = blocks.LargestOrder;
        var table = new TextTable(">order", ">block KiB", ">blocks", ">free KiB", ">unusable", "share of the zone's free memory");
        for (int i = 0; i <= last; i++)
        {
            Order order = Order.FromTrusted(i);
            ulong frames = blocks.Of(order) * order.FrameCount;
            table.Add(
                Text((ulong)i), Text(order.SizeBytes / BytesPerKiB), Text(blocks.Of(order)), KiB(frames),
                Share.Percent(useless, blocks.FreeFrames), Share.Bar(frames, blocks.FreeFrames));
            useless += frames;
            if (i == 0) useless += blocks.CachedFrames;
        }

        if (last < Order.MaxValue) table.Add("more", "", "0", "0", Share.Percent(useless, blocks.FreeFrames), "");
        AddOthers(table, "cached", blocks.CachedFrames, blocks.FreeFrames);
        AddOthers(table, "pending", blocks.PendingFrames, blocks.FreeFrames);
        table.WriteTo(terminal);
    }

    private static void AddOthers(TextTable table, string name, ulong frames, ulong free) =>
        table.Add(name, "", "", KiB(frames), "", Share.Bar(frames, free));

    private static string KiB(ulong frames) => Text(FrameNumber.BytesOf(frames) / BytesPerKiB);

    private string[] ZoneNames()
    {
        string[] names = new string[_memory.ZoneCount];
        for (int i = 0; i < names.Length; i++) names[i] = _memory.ZoneAt(i).Kind.Description();
        return names;
    }

    private static bool IsNamed(Zone zone, string name) => zone.Kind.Description().ToLowerInvariant() == name.ToLowerInvariant();

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
