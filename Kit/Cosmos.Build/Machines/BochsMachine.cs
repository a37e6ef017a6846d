using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>
/// Bochs. Its serial port is a client of a local TCP port that this program listens on; its screen is a VNC server that nobody
/// needs to look at, so no terminal is needed. Bochs has one exit code for every end: its log says which it was.
/// </summary>
internal sealed partial class BochsMachine : Machine
{
    private static readonly TimeSpan s_logInterval = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _closing = new();
    private readonly Task _watcher;

    private BochsMachine(
        string folder, Socket serial, ProcessStartInfo start, OnReset onReset, Action<ReadOnlyMemory<byte>>? observer)
        : base(folder, serial, start, observer)
    {
        _watcher = Watch(onReset, _closing.Token);
    }

    private string LogPath => Path.Combine(Folder, BochsSettings.LogName);

    public static new BochsMachine Start(MachineOptions options, Action<ReadOnlyMemory<byte>>? serialObserver)
    {
        ProcessStartInfo start = Command(ExternalTool.Bochs);
        string folder = Directory.CreateTempSubdirectory("memos-bochs-").FullName;
        using Socket serial = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        serial.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        serial.Listen(1);
        string settings = Path.Combine(folder, "bochsrc");
        string debuggerCommands = Path.Combine(folder, "commands");
        File.WriteAllText(settings, BochsSettings.Render(options, ((IPEndPoint)serial.LocalEndPoint!).Port, folder));
        File.WriteAllText(debuggerCommands, "continue\n");
        foreach (string argument in new[] { "-q", "-f", settings, "-rc", debuggerCommands })
        {
            start.ArgumentList.Add(argument);
        }

        return new BochsMachine(folder, serial, start, options.OnReset, serialObserver);
    }

    public override void Screenshot(string path)
        => throw new ToolException("--screenshot is QEMU's: Bochs has no command for it");

    public override string Ask(string command) => throw new ToolException("Bochs runs without its debugger, which would answer");

    private protected override MachineEnd EndOf(int exitCode)
    {
        string log = ReadLog();
        return SwitchedOff().IsMatch(log) ? EndBySwitch()
            : TripleFault().IsMatch(log) || Resets().Count(log) > 1 ? MachineEnd.Reset
            : MachineEnd.EmulatorFailed;
    }

    private protected override void Close()
    {
        _closing.Cancel();
        _watcher.Wait();
        _closing.Dispose();
    }

    /// <summary>Bochs boots again after a reset, and a kernel that has panicked halts: both end the run here.</summary>
    private async Task Watch(OnReset onReset, CancellationToken closing)
    {
        while (End == null && !closing.IsCancellationRequested)
        {
            if (onReset == OnReset.End && Resets().Count(ReadLog()) > 1)
            {
                Stop(MachineEnd.Reset);
            }
            else if (Halted().IsMatch(Serial.Text) && PanicReport().IsMatch(Serial.Text))
            {
                Stop(MachineEnd.Panic);
            }

            await Task.Delay(s_logInterval, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private protected override string StartFailure()
        => string.Join('\n', ReadLog().Split('\n').Where(line => line.Contains(">>PANIC<<"))) + EmulatorMessage;

    /// <summary>Neither way of switching off takes a status: a panic is known by its report.</summary>
    private MachineEnd EndBySwitch() => PanicReport().IsMatch(Serial.Text) ? MachineEnd.Panic : MachineEnd.PoweredOff;

    private string ReadLog()
    {
        if (!File.Exists(LogPath))
        {
            return "";
        }

        using StreamReader reader = new(new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    [GeneratedRegex("Shutdown port: shutdown requested|ACPI control: soft power off")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex("3rd .* exception with no resolution")]
    private static partial Regex TripleFault();

    /// <summary>The first is the power-on reset.</summary>
    [GeneratedRegex(@"bx_pc_system_c::Reset\((HARD|SOFT)WARE\) called")]
    private static partial Regex Resets();

    [GeneratedRegex("^kernel panic: ", RegexOptions.Multiline)]
    private static partial Regex PanicReport();

    /// <summary>The last line of a panic's report.</summary>
    [GeneratedRegex("^system halted$", RegexOptions.Multiline)]
    private static partial Regex Halted();
}
