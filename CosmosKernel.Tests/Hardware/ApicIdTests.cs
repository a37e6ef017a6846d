using MemOS.Hardware;
using NUnit.Framework;

namespace MemOS.Tests.Hardware;

public sealed class ApicIdTests
{
    [TestCase(1u, 2u, 5u, Description = "the leaf is not there, and what stands there is another's")]
    [TestCase(11u, 0u, 5u, Description = "the leaf is empty")]
    [TestCase(11u, 2u, 0x1234u)]
    [TestCase(31u, 1u, 0x1234u)]
    public void All_bits_are_read_where_the_processor_tells_them(uint lastLeaf, uint threads, uint expected) =>
        Assert.That(ApicId.Read(new Processor(lastLeaf, threads)), Is.EqualTo(expected));

    private readonly struct Processor(uint lastLeaf, uint threads) : ICpuid
    {
        public void Read(uint leaf, uint subleaf, out uint eax, out uint ebx, out uint ecx, out uint edx)
        {
            (eax, ebx, ecx, edx) = leaf switch
            {
                0 => (lastLeaf, 0u, 0u, 0u),
                1 => (0u, 0x05_00_08_00u, 0u, 0u),
                11 => (0u, threads, 0u, 0x1234u),
                _ => default,
            };
        }
    }
}
