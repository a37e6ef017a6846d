using System;
using System.IO;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

/// <summary>The exit codes of `run --exec`.</summary>
[Category("Boot")]
public sealed class ScriptRunTests
{
    [TestCase("echo a; screen", 0, "memos> echo a\na\nok\nmemos> screen\ntext\nok\nmemos> poweroff\n")]
    [TestCase("", 0, "memos> poweroff\n")]
    [TestCase("echo a; fail no; echo b", 1, "memos> fail no\nfailed: no\nmemos> ")]
    [TestCase("panic", 2, "kernel panic: as asked\n")]
    [TestCase("triple", 2, "memos> triple")]
    [TestCase("reboot", 2, "memos> reboot")]
    public void The_exit_code_says_how_it_went(string script, int exitCode, string endOfTranscript)
    {
        (int code, string transcript, string messages) = Run(script, TimeSpan.FromSeconds(120));
        Assert.That(code, Is.EqualTo(exitCode), messages);
        Assert.That(transcript, Does.Contain(endOfTranscript));
        Assert.That(transcript, Does.Not.Contain("echo b"), "nothing is typed after a failure");
        Assert.That(messages, exitCode == 0 ? Is.Empty : Is.Not.Empty);
    }

    [Test]
    public void A_time_limit_is_124()
    {
        (int code, _, string messages) = Run("hang", TimeSpan.FromSeconds(10));
        Assert.That(code, Is.EqualTo(124));
        Assert.That(messages, Does.Contain("time limit of 10 s").And.Contain("'hang'"));
    }

    private static (int Code, string Transcript, string Messages) Run(string script, TimeSpan limit)
    {
        using Machine machine = Machine.Start(TestImage.Machine);
        StringWriter messages = new();
        int code = new ScriptRun(machine, limit, messages).Execute(CommandScript.Split(script));
        return (code, machine.Serial.Text, messages.ToString());
    }
}
