using System;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Cosmos.Build.Machines;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Commands;

/// <summary>Joins the machine's serial line to this terminal until the machine ends. Ctrl-] stops it.</summary>
internal static partial class InteractiveRun
{
    private const byte StopKey = 0x1D;

    /// <summary>Whether QEMU could open a window here.</summary>
    public static bool CanShowWindow
        => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY"))
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"));

    public static int Execute(MachineOptions options, TimeSpan? limit)
    {
        using Stream screen = Console.OpenStandardOutput();
        using RawTerminal terminal = RawTerminal.Enter();
        using Machine machine = Machine.Start(options, Show);
        if (terminal.IsRaw)
        {
            Console.Error.Write("Ctrl-] stops the machine.\r\n");
        }

        Task.Factory.StartNew(() => Forward(machine), TaskCreationOptions.LongRunning);
        MachineEnd? end = machine.WaitForEnd(limit ?? TimeSpan.FromMilliseconds(int.MaxValue));
        if (end == null)
        {
            Console.Error.Write($"\r\nmemos run: time limit of {limit!.Value.TotalSeconds:0.#} s\r\n");
            return ExitStatus.TimeLimit;
        }

        string details = end == MachineEnd.EmulatorFailed ? machine.EmulatorMessage.ReplaceLineEndings("\r\n") + "\r\n" : "";
        Console.Error.Write($"\r\nmemos run: {ExitStatus.Describe(end.Value)}\r\n{details}");
        return end == MachineEnd.Stopped ? 0 : ExitStatus.Of(end.Value);

        void Show(ReadOnlyMemory<byte> bytes)
        {
            screen.Write(bytes.Span);
            screen.Flush();
        }
    }

    /// <summary>Whatever the kernel calls itself.</summary>
    [GeneratedRegex(@"> \z")]
    private static partial Regex AnyPrompt();

    /// <summary>
    /// Keys go to the machine. Piped input waits for the prompt, because a kernel that sets up its serial port drops what came
    /// before; its end changes nothing.
    /// </summary>
    private static void Forward(Machine machine)
    {
        if (Console.IsInputRedirected)
        {
            machine.Serial.WaitFor(AnyPrompt(), 0, TimeSpan.FromDays(1));
        }

        using Stream keys = Console.OpenStandardInput();
        byte[] buffer = new byte[256];
        while (keys.Read(buffer) is int count and > 0)
        {
            if (Array.IndexOf(buffer, StopKey, 0, count) >= 0)
            {
                machine.Stop();
                return;
            }

            machine.Type(Encoding.UTF8.GetString(buffer, 0, count).Replace('\n', '\r'));
        }
    }
}
