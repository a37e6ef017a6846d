using System.Linq;
using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class CommandHistoryTests
{
    [Test]
    public void The_last_lines_are_kept_in_order()
    {
        var history = new CommandHistory(3);
        foreach (string line in new[] { "a", "b", "c", "d", "e" }) history.Add(line);
        Assert.That(Enumerable.Range(0, history.Count).Select(i => history[i]), Is.EqualTo(new[] { "c", "d", "e" }));
    }

    [Test]
    public void Empty_and_repeated_lines_are_left_out()
    {
        var history = new CommandHistory(3);
        foreach (string line in new[] { "a", "a", "", "b", "a" }) history.Add(line);
        Assert.That(Enumerable.Range(0, history.Count).Select(i => history[i]), Is.EqualTo(new[] { "a", "b", "a" }));
    }

    [TestCase("", "abc", 3)]
    [TestCase("kitten", "sitting", 3)]
    [TestCase("mem", "mem", 0)]
    [TestCase("mme", "mem", 1)]
    [TestCase("ca", "abc", 3)]
    public void Edit_distance_counts_changes(string first, string second, int expected)
    {
        Assert.That(EditDistance.Between(first, second), Is.EqualTo(expected));
        Assert.That(EditDistance.Between(second, first), Is.EqualTo(expected));
    }
}
