using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

public sealed class CommandScriptTests
{
    [TestCase("", new string[0])]
    [TestCase("mem", new[] { "mem" })]
    [TestCase(" mem ;; zones; ", new[] { "mem", "zones" })]
    [TestCase("echo \"a; b\"; mem", new[] { "echo \"a; b\"", "mem" })]
    [TestCase("echo 'a; \"b'; mem", new[] { "echo 'a; \"b'", "mem" })]
    [TestCase("echo \"it's; so\"; mem", new[] { "echo \"it's; so\"", "mem" })]
    [TestCase("echo \"open; mem", new[] { "echo \"open; mem" })]
    public void Splits_at_semicolons_outside_quotes(string text, string[] commands)
        => Assert.That(CommandScript.Split(text), Is.EqualTo(commands));

    [Test]
    public void Adds_poweroff_when_nothing_ends_the_machine()
    {
        Assert.That(CommandScript.WithPowerOff(["mem"]), Is.EqualTo(new[] { "mem", "poweroff" }));
        Assert.That(CommandScript.WithPowerOff([]), Is.EqualTo(new[] { "poweroff" }));
        Assert.That(CommandScript.WithPowerOff(["mem", "poweroff"]), Is.EqualTo(new[] { "mem", "poweroff" }));
        Assert.That(CommandScript.WithPowerOff(["reboot"]), Is.EqualTo(new[] { "reboot" }));
    }
}
