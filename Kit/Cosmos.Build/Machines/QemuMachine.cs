using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>QEMU with its serial line and its control socket connected to this program.</summary>
internal sealed class QemuMachine : Machine
{
    private readonly QmpMonitor? _monitor;

    private QemuMachine(string folder, Socket serial, Socket monitor, ProcessStartInfo start, Action<ReadOnlyMemory<byte>>? observer)
        : base(folder, serial, start, observer)
    {
        try
        {
            _monitor = new QmpMonitor(Accept(monitor));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public static new QemuMachine Start(MachineOptions options, Action<ReadOnlyMemory<byte>>? serialObserver)
    {
        ProcessStartInfo start = Command(ExternalTool.Qemu);
        string folder = Directory.CreateTempSubdirectory("memos-qemu-").FullName;
        string serialPath = Path.Combine(folder, "serial");
        string monitorPath = Path.Combine(folder, "monitor");
        using Socket serial = Listen(serialPath);
        using Socket monitor = Listen(monitorPath);
        start.ArgumentList.Add("-serial");
        start.ArgumentList.Add("unix:" + serialPath);
        if (options.SecondLinePath is string path)
        {
            start.ArgumentList.Add("-serial");
            start.ArgumentList.Add("file:" + Path.GetFullPath(path));
        }

        start.ArgumentList.Add("-qmp");
        start.ArgumentList.Add("unix:" + monitorPath);
        foreach (string argument in QemuArguments.For(options))
        {
            start.ArgumentList.Add(argument);
        }

        return new QemuMachine(folder, serial, monitor, start, serialObserver);
    }

    public override void Screenshot(string path)
        => _monitor!.Execute("screendump", new JsonObject { ["filename"] = Path.GetFullPath(path), ["format"] = "png" });

    public override string Ask(string command)
        => (string?)_monitor!.Execute("human-monitor-command", new JsonObject { ["command-line"] = command }) ?? "";

    private protected override MachineEnd EndOf(int exitCode)
    {
        if (ExitStatus.FromQemu(exitCode) is MachineEnd end)
        {
            return end;
        }

        _monitor?.Drain();
        return exitCode != 0 ? MachineEnd.EmulatorFailed
            : _monitor?.ShutdownReason == "guest-reset" ? MachineEnd.Reset
            : MachineEnd.PoweredOff;
    }

    private protected override void Close() => _monitor?.Dispose();

    private static Socket Listen(string path)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        return listener;
    }
}
