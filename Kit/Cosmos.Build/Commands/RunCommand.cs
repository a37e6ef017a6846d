using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Cosmos.Build.Images;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Commands;

/// <summary><c>run</c>: boots an image, by hand or by script; what follows <c>--</c> is for the emulator.</summary>
internal sealed class RunCommand(IReadOnlyList<string> emulatorArguments)
{
    /// <summary>For a script that was given no other; a machine that a person uses has none.</summary>
    private static readonly TimeSpan s_scriptLimit = TimeSpan.FromMinutes(5);

    private readonly Option<string> _iso = new("--iso") { Description = "the image to boot", Required = true };
    private readonly Option<string> _kernel = new("--kernel") { Description = "the image's kernel, for --cmdline", Required = true };
    private readonly Option<string> _cache = new("--cache") { Description = "folder that keeps the boot loader", Required = true };
    private readonly Option<string?> _memory = new("--memory") { Description = "512M, 4G (512M, or the nodes' sum)" };
    private readonly Option<int> _cpus = new("--cpus") { Description = "processors", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _cpu = new("--cpu") { Description = "the emulator's processor model (its fullest)" };
    private readonly Option<string?> _numa = new("--numa") { Description = "memory of each node: 128M,384M" };
    private readonly Option<string[]> _distances = new("--numa-distance") { Description = "0,1=20; may be repeated" };
    private readonly Option<Firmware> _firmware = new("--firmware") { Description = "bios (default) or uefi" };
    private readonly Option<Emulator> _emulator = new("--emulator") { Description = "qemu (default) or bochs" };
    private readonly Option<string?> _commandLine = new("--cmdline") { Description = "kernel command line of this run" };
    private readonly Option<bool> _headless = new("--headless") { Description = "no window" };
    private readonly Option<string?> _exec = new("--exec") { Description = "commands to type, separated by ';', then poweroff" };
    private readonly Option<bool> _icount = new("--icount") { Description = "the clock counts instructions: the same every run" };
    private readonly Option<double?> _timeout = new("--timeout") { Description = "seconds until the machine is stopped" };
    private readonly Option<string?> _screenshot = new("--screenshot") { Description = "PNG of the screen before the machine ends" };

    private readonly Option<string?> _trace = new("--trace") { Description = "file for what the second serial line sends: 'trace frames on'" };

    public Command Create()
    {
        Command command = new("run", "boot an image; what follows -- are arguments for QEMU")
        {
            _iso, _kernel, _cache, _memory, _cpus, _cpu, _numa, _distances, _firmware, _emulator, _commandLine, _headless, _exec,
            _icount, _timeout, _screenshot, _trace,
        };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string? script = parsed.GetValue(_exec);
        string? screenshot = parsed.GetValue(_screenshot);
        bool scripted = script != null || screenshot != null;
        string? isoOfThisRun = parsed.GetValue(_commandLine) is string commandLine ? WriteIso(parsed, commandLine) : null;
        try
        {
            MachineOptions options = Options(parsed, isoOfThisRun ?? parsed.GetRequiredValue(_iso), scripted);
            TimeSpan? limit = Limit(parsed.GetValue(_timeout));
            return scripted
                ? RunScript(options, script ?? "", limit ?? s_scriptLimit, screenshot)
                : InteractiveRun.Execute(options, limit);
        }
        finally
        {
            if (isoOfThisRun != null)
            {
                File.Delete(isoOfThisRun);
            }
        }
    }

    private MachineOptions Options(ParseResult parsed, string iso, bool scripted) => new()
    {
        IsoPath = iso,
        Memory = parsed.GetValue(_memory) is string memory ? MemorySize.Parse(memory) : null,
        Cpus = parsed.GetValue(_cpus),
        CpuModel = parsed.GetValue(_cpu),
        NumaNodes = [.. (parsed.GetValue(_numa) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(MemorySize.Parse)],
        NumaDistances = [.. (parsed.GetValue(_distances) ?? []).Select(NumaDistance.Parse)],
        Firmware = parsed.GetValue(_firmware),
        Emulator = parsed.GetValue(_emulator),
        Clock = parsed.GetValue(_icount) ? Clock.Instructions : Clock.Host,
        Display = parsed.GetValue(_headless) || scripted || !InteractiveRun.CanShowWindow ? Display.None : Display.Window,
        OnReset = scripted || parsed.GetValue(_headless) ? OnReset.End : OnReset.Reboot,
        SecondLinePath = parsed.GetValue(_trace),
        ExtraArguments = emulatorArguments,
    };

    private string WriteIso(ParseResult parsed, string commandLine)
    {
        string path = Path.Combine(Path.GetTempPath(), $"memos-{Environment.ProcessId}.iso");
        new IsoImage
        {
            KernelPath = parsed.GetRequiredValue(_kernel),
            CacheFolder = parsed.GetRequiredValue(_cache),
            CommandLine = commandLine,
        }.Write(path);
        return path;
    }

    private static int RunScript(MachineOptions options, string script, TimeSpan limit, string? screenshot)
    {
        using Machine machine = Machine.Start(options);
        machine.Serial.Follow(Console.Out.Write);
        return new ScriptRun(machine, limit, Console.Error) { ScreenshotPath = screenshot }.Execute(CommandScript.Split(script));
    }

    private static TimeSpan? Limit(double? seconds) => seconds switch
    {
        null => null,
        > 0 and < 1e6 => TimeSpan.FromSeconds(seconds.Value),
        _ => throw new ToolException("--timeout must be a number of seconds"),
    };
}
