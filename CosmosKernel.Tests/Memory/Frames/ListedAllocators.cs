using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Frames;
using MemOS.Tests.Contracts;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

/// <summary>The algorithms that the build lists.</summary>
[TestFixture]
public sealed class ListedAllocators
{
    public static IEnumerable<TestFixtureData> WithoutFixture =>
        All.Where(type => !HasFixture(type)).Select(type => new TestFixtureData { TypeArgs = [type] });

    private static List<Type> All
    {
        get
        {
            Collector collector = new([]);
            FrameAllocators.Visit(ref collector);
            return collector.Types;
        }
    }

    [Test]
    public void Every_algorithm_of_the_kernel_is_listed()
    {
        IEnumerable<Type> there = typeof(IBlockAllocator).Assembly.GetTypes().Where(type => type.IsValueType && typeof(IBlockAllocator).IsAssignableFrom(type));
        Assert.That(All, Is.EquivalentTo(there));
        Assert.That(All, Has.Count.GreaterThanOrEqualTo(3));
    }

    private static bool HasFixture(Type blocks)
    {
        Type contract = typeof(FrameAllocatorContract<>).MakeGenericType(typeof(FrameAllocator<>).MakeGenericType(blocks));
        return typeof(ListedAllocators).Assembly.GetTypes().Any(type => type.BaseType == contract);
    }

    private readonly struct Collector(List<Type> types) : IFrameAllocatorVisitor
    {
        public List<Type> Types => types;

        public void Visit<TBlocks>(string name)
            where TBlocks : unmanaged, IBlockAllocator
            => types.Add(typeof(TBlocks));
    }
}
