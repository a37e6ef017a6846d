using System.Collections.Generic;
using System.Globalization;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>The commands that allocate and free frames one step at a time, to watch what happens: take, give, drain.</summary>
public sealed class FrameHandCommands
{
    private const string All = "all";

    private readonly IMemoryView _memory;
    private readonly IFrameHand _hand;
    private readonly List<FrameNumber> _taken = new();

    /// <summary>Creates the commands over <paramref name="memory"/>, which <paramref name="hand"/> changes.</summary>
    public FrameHandCommands(IMemoryView memory, IFrameHand hand)
    {
        _memory = memory;
        _hand = hand;
    }

    /// <summary>Adds the commands to a table.</summary>
    public void AddTo(CommandTable table)
    {
        table.Add(new ShellCommand("take", "ORDER|all [ZONE]", "allocates a block of frames, or single frames until the zone refuses", Take));
        table.Add(new ShellCommand("give", "FRAME|all", "frees a block of frames, or all that were taken", Give));
        table.Add(new ShellCommand("drain", "", "gives the frames that processors keep at hand back to their zones", Drain));
    }

    private CommandResult Take(ITerminal terminal, string[] arguments)
    {
        FrameRequest request = FrameRequest.For(FrameOwner.Kernel);
        if (arguments.Length is 0 or > 2) return CommandResult.Failed("how much? an order from 0 to " + Text(Order.MaxValue) + ", or all");
        if (arguments.Length == 2 && !TryFindZone(arguments[1], ref request)) return CommandResult.Failed("no zone is called '" + arguments[1] + "'");
        if (arguments[0] == All) return TakeAll(terminal, request);
        if (!NumberText.TryParse(arguments[0], out ulong value) || value > Order.MaxValue)
            return CommandResult.Failed("'" + arguments[0] + "' is no order from 0 to " + Text(Order.MaxValue));

        Order order = Order.FromTrusted((int)value);
        if (!_hand.TryTake(order, request, out FrameNumber frame)) return CommandResult.Failed("no block of that order can be had");
        _taken.Add(frame);
        Zone zone = _memory.ZoneAt(_memory.Describe(frame).ZoneIndex);
        terminal.WriteLine(frame.ToString() + ", " + order.ToString() + ", from zone " + zone.Kind.Description() + " of " + zone.Node.ToString());
        return CommandResult.Ok;
    }

    private CommandResult TakeAll(ITerminal terminal, FrameRequest request)
    {
        // The list grows first: what it needs is not to be looked for when there is nothing left.
        _taken.Capacity = _taken.Count + (int)_memory.Frames.Free;
        ulong count = 0;
        for (; _hand.TryTake(Order.Zero, request, out FrameNumber frame); count++) _taken.Add(frame);
        terminal.WriteLine(Text(count) + " frames, then it was refused");
        return CommandResult.Ok;
    }

    private CommandResult Give(ITerminal terminal, string[] arguments)
    {
        if (arguments.Length != 1) return CommandResult.Failed("which block? its first frame, or all");
        if (arguments[0] == All) return GiveAll(terminal);
        if (!FrameArgument.TryParse(arguments[0], out FrameNumber frame)) return CommandResult.Failed("'" + arguments[0] + "' is not the number or address of a frame");
        FrameReport report = _memory.Describe(frame);
        bool isBlock = report.State == FrameState.Allocated;
        if (isBlock && !_taken.Contains(frame)) return CommandResult.Failed("the block is not one that was taken by hand");
        FreeResult result = _hand.Give(frame, isBlock ? report.Order : Order.Zero);
        if (result != FreeResult.Ok) return CommandResult.Failed("refused: " + result.Description());
        _taken.Remove(frame);
        return CommandResult.Ok;
    }

    private CommandResult GiveAll(ITerminal terminal)
    {
        ulong count = 0;
        foreach (FrameNumber frame in _taken)
        {
            Order order = _memory.Describe(frame).Order;
            FreeResult result = _hand.Give(frame, order);
            KernelAssert.That(result == FreeResult.Ok, "FrameHandCommands: what was taken cannot be given");
            count += order.FrameCount;
        }

        _taken.Clear();
        _taken.Capacity = 0;
        terminal.WriteLine(Text(count) + " frames");
        return CommandResult.Ok;
    }

    private CommandResult Drain(ITerminal terminal, string[] arguments)
    {
        ulong cached = _memory.Frames.Cached;
        _hand.Drain();
        terminal.WriteLine(Text(cached) + " frames went back");
        return CommandResult.Ok;
    }

    private bool TryFindZone(string name, ref FrameRequest request)
    {
        for (int i = 0; i < _memory.ZoneCount; i++)
        {
            ZoneKind kind = _memory.ZoneAt(i).Kind;
            if (kind.Description().ToLowerInvariant() != name.ToLowerInvariant()) continue;
            request = request.OnlyFrom(kind);
            return true;
        }

        return false;
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
