using MemOS.Memory.Pressure;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Pressure;

/// <summary>Who is ended when memory is gone.</summary>
public sealed class VictimChoiceTests
{
    private const ulong MachinePages = 100_000;

    [Test]
    public void The_largest_goes() => Assert.That(Choose((1, 50, 0), (2, 5000, 0), (3, 4000, 0)), Is.EqualTo(2));

    [Test]
    public void Of_those_alike_the_youngest_goes()
    {
        Assert.That(Choose((1, 5000, 0), (2, 4500, 0), (3, 4600, 0), (4, 4000, 0)), Is.EqualTo(3));
        Assert.That(Choose((9, 4600, 0), (4, 4500, 0), (7, 5000, 0)), Is.EqualTo(9), "in whatever order they are shown");
    }

    [Test]
    public void Who_is_spared_never_goes()
    {
        Assert.That(Choose((1, 50, 0), (2, 90_000, VictimChoice.Spared)), Is.EqualTo(1));
        Assert.That(Choose((2, 90_000, VictimChoice.Spared)), Is.Zero);
        Assert.That(Choose(), Is.Zero);
    }

    [Test]
    public void A_mark_is_a_part_of_the_machine()
    {
        Assert.That(Choose((1, 1000, 0), (2, 500, 10)), Is.EqualTo(2), "500 and a hundredth");
        Assert.That(Choose((1, 1000, 0), (2, 1900, -10)), Is.EqualTo(2), "alike, and younger");
        Assert.That(Choose((1, 1000, 0), (2, 1800, -10)), Is.EqualTo(1));
        Assert.That(Choose((1, 90_000, 0), (2, 1, VictimChoice.First)), Is.EqualTo(2));
    }

    [Test]
    public void A_process_without_pages_can_go_too() => Assert.That(Choose((1, 0, -999), (2, 0, 0)), Is.EqualTo(2));

    private static int Choose(params (int Id, ulong Pages, int Mark)[] candidates)
    {
        VictimChoice choice = new(MachinePages);
        foreach ((int _, ulong pages, int mark) in candidates) choice.Weigh(pages, mark);
        foreach ((int id, ulong pages, int mark) in candidates) choice.Offer(id, pages, mark);
        return choice.Victim;
    }
}
