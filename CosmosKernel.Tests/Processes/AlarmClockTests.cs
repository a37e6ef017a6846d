using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

public sealed class AlarmClockTests
{
    [Test]
    public void It_rings_once_when_it_is_time()
    {
        AlarmClock clock = default;
        Assert.That(clock.TryRing(1000), Is.False);
        clock.Set(1000, 50, 0);
        Assert.That((clock.IsSet, clock.Left(1010), clock.TryRing(1049)), Is.EqualTo((true, 40L, false)));
        Assert.That((clock.TryRing(1050), clock.TryRing(2000), clock.IsSet), Is.EqualTo((true, false, false)));
    }

    [Test]
    public void It_rings_again_after_its_period_and_makes_nothing_up()
    {
        AlarmClock clock = default;
        clock.Set(0, 10, 20);
        Assert.That(clock.TryRing(95), "late");
        Assert.That((clock.TryRing(114), clock.TryRing(115)), Is.EqualTo((false, true)));
        clock.Set(115, 0, 20);
        Assert.That((clock.IsSet, clock.TryRing(long.MaxValue)), Is.EqualTo((false, false)));
    }

    [Test]
    public void What_is_left_is_never_nothing_while_it_is_set()
    {
        AlarmClock clock = default;
        clock.Set(5, long.MaxValue, 0);
        Assert.That(clock.Left(5), Is.GreaterThan(0));
        clock.Set(5, 1, 0);
        Assert.That(clock.Left(100), Is.EqualTo(1));
    }
}
