using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.SelfTest;
using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class CommandShellTests
{
    private FakeTerminal _terminal = null!;
    private FakeMachine _machine = null!;
    private CommandShell _shell = null!;

    [SetUp]
    public void SetUp()
    {
        _terminal = new FakeTerminal();
        _machine = new FakeMachine();
        _shell = new CommandShell(_terminal, _machine);
    }

    [Test]
    public void A_typed_command_runs_and_ends_with_ok()
    {
        _terminal.Type("echo hello 'big  world'\n");
        _shell.ReadAndRun();
        Assert.That(_terminal.Written, Is.EqualTo("memos> echo hello 'big  world'\nhello big  world\nok\n"));
    }

    [Test]
    public void A_script_looks_as_if_it_was_typed()
    {
        Assert.That(_shell.RunTyped("echo a"));
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "memos> echo a", "a", "ok" }));
    }

    [Test]
    public void Commands_of_a_line_run_until_one_fails()
    {
        Assert.That(_shell.Run("echo a; nosuch; echo b"), Is.False);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "a", "ok", "failed: no command 'nosuch', try 'help'" }));
    }

    [Test]
    public void An_empty_line_says_nothing()
    {
        Assert.That(_shell.Run("  ;; # only a comment"));
        Assert.That(_terminal.Written, Is.Empty);
    }

    [Test]
    public void A_quotation_mark_without_partner_fails_before_anything_runs()
    {
        Assert.That(_shell.Run("echo a; echo \"b"), Is.False);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "failed: a quotation mark has no partner" }));
    }

    [TestCase("hepl", "help")]
    [TestCase("powerof", "poweroff")]
    [TestCase("hist", "history")]
    [TestCase("ecko", "echo")]
    public void A_mistyped_command_gets_a_suggestion(string typed, string meant)
    {
        _shell.Run(typed);
        Assert.That(_terminal.Lines.Single(), Is.EqualTo($"failed: no command '{typed}', did you mean '{meant}'?"));
    }

    [Test]
    public void An_exception_is_reported_and_the_shell_goes_on()
    {
        Assert.That(_shell.Run("throw 'went wrong'"), Is.False);
        string[] lines = _terminal.Lines;
        Assert.That(lines[0], Is.EqualTo("unhandled exception System.InvalidOperationException: went wrong"));
        Assert.That(lines[1], Does.Contain("MachineCommands.Throw"));
        Assert.That(lines[^1], Is.EqualTo("failed: System.InvalidOperationException"));
        Assert.That(_shell.Run("echo alive"));
    }

    [Test]
    public void The_result_is_printed_before_the_machine_goes_away()
    {
        _machine.OnAction = () => Assert.That(_terminal.Lines, Is.EqualTo(new[] { "ok" }));
        _shell.Run("poweroff");
        Assert.That(_machine.Actions, Is.EqualTo(new[] { MachineAction.PowerOff }));
        _machine.OnAction = null;
        _shell.Run("reboot");
        Assert.That(_machine.Actions.Last(), Is.EqualTo(MachineAction.Reboot));
    }

    [Test]
    public void An_exception_that_nobody_shall_catch_is_left_to_the_machine()
    {
        _shell.Run("throw --unhandled");
        Assert.That(_machine.Actions, Is.EqualTo(new[] { MachineAction.Throw }));
    }

    [TestCase("null", FaultKind.NullReference)]
    [TestCase("write-code", FaultKind.WriteCode)]
    [TestCase("execute-data", FaultKind.ExecuteData)]
    [TestCase("stack", FaultKind.StackOverflow)]
    [TestCase("reserved", FaultKind.ReservedBit)]
    public void Each_fault_has_its_name_and_going_unnoticed_is_a_failure(string name, FaultKind expected)
    {
        Assert.That(_shell.Run("fault " + name), Is.False);
        Assert.That(_machine.Faults, Is.EqualTo(new[] { expected }));
        Assert.That(_terminal.Lines.Single(), Is.EqualTo("failed: the fault went unnoticed"));
    }

    [TestCase("fault")]
    [TestCase("fault nil")]
    [TestCase("fault null stack")]
    public void A_fault_without_a_name_commits_none(string typed)
    {
        _shell.Run(typed);
        Assert.That(_machine.Faults, Is.Empty);
        Assert.That(_terminal.Lines.Single(), Is.EqualTo("failed: which fault? null, write-code, execute-data, stack, reserved, deaf"));
    }

    [Test]
    public void Panic_gives_its_reason()
    {
        _shell.Run("panic out of luck");
        Assert.That(_machine.Panics, Is.EqualTo(new[] { "out of luck" }));
    }

    [Test]
    public void Help_lists_every_command_once_in_order()
    {
        _shell.Run("help");
        string[] names = _terminal.Lines[..^1].Select(line => line.Split(' ')[0]).ToArray();
        Assert.That(names, Is.EqualTo(_shell.Commands.Commands.Select(c => c.Name)));
        Assert.That(names, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(names, Is.Unique);
    }

    [Test]
    public void Help_fits_a_screen_of_80_columns()
    {
        _shell.Commands.Add(new SelfTestSuite().ToCommand());
        _shell.Commands.Add(new BenchSuite(new TimestampClock()).ToCommand());
        _shell.Run("help");
        Assert.That(_terminal.Lines.Where(line => line.Length > 80), Is.Empty);
    }

    [Test]
    public void Help_says_more_about_one_command()
    {
        _shell.Run("help echo");
        Assert.That(_terminal.Lines[0], Is.EqualTo("echo [WORD...]"));
        Assert.That(_shell.Run("help nosuch"), Is.False);
    }

    [Test]
    public void History_lists_what_was_typed()
    {
        _terminal.Type("echo a\n\necho a\nhistory\n");
        for (int i = 0; i < 4; i++) _shell.ReadAndRun();
        Assert.That(_terminal.Lines[^3..], Is.EqualTo(new[] { "1  echo a", "2  history", "ok" }));
    }

    [Test]
    public void Clear_empties_the_screen()
    {
        _shell.Run("clear");
        Assert.That(_terminal.Clears, Is.EqualTo(1));
    }

    [Test]
    public void A_report_is_a_command()
    {
        _shell.Commands.Add(ReportCommand.Create("mem", "says something", new FixedReport()));
        Assert.That(_shell.Run("mem"));
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "zone  pages", "DMA       1", "High    100", "ok" }));
    }

    [Test]
    public void Two_commands_cannot_share_a_name()
    {
        Assert.Throws<ArgumentException>(() => _shell.Commands.Add(ReportCommand.Create("echo", "", new FixedReport())));
    }

    [TestCase("", new[] { "clear", "echo", "fault", "help", "history", "panic", "poweroff", "reboot", "throw" })]
    [TestCase("h", new[] { "help", "history" })]
    [TestCase("echo x; hi", new[] { "history" })]
    [TestCase("help pow", new[] { "poweroff" })]
    [TestCase("fault w", new[] { "write-code" })]
    [TestCase("fault null s", new string[0])]
    [TestCase("nosuch x", new string[0])]
    public void Completion_knows_commands_and_their_first_argument(string typed, string[] expected)
    {
        Assert.That(_shell.Commands.Complete(typed), Is.EqualTo(expected));
    }

    private sealed class FixedReport : IReport
    {
        public void WriteTo(ITerminal terminal)
        {
            var table = new TextTable("zone", ">pages");
            table.Add("DMA", "1");
            table.Add("High", "100");
            table.WriteTo(terminal);
        }
    }

    private sealed class FakeMachine : IMachine
    {
        public List<MachineAction> Actions { get; } = new();

        public List<string> Panics { get; } = new();

        public List<FaultKind> Faults { get; } = new();

        public Action? OnAction { get; set; }

        public void Do(MachineAction action)
        {
            OnAction?.Invoke();
            Actions.Add(action);
        }

        public void Panic(string reason) => Panics.Add(reason);

        public void Fault(FaultKind kind) => Faults.Add(kind);
    }
}
