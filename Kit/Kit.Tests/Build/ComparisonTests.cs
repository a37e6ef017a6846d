using Cosmos.Build.Figures;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

public sealed class ComparisonTests
{
    [Test]
    public void Figures_of_the_same_name_stand_beside_each_other_with_their_ratio()
    {
        Figure[] own = [new("a.long.name", "instructions", 1500, []), new("b", "instructions", 7, [])];
        Figure[] others = [new("c", "instructions", 1, []), new("a.long.name", "instructions", 3394, [])];
        Assert.That(Comparison.ToTable("MemOS", own, "Linux", others), Is.EqualTo(new[]
        {
            "                  MemOS       Linux       ratio",
            "a.long.name     1,500.0     3,394.0        0.44",
            "b                   7.0",
        }));
    }
}
