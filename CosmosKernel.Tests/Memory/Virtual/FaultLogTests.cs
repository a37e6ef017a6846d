using System.Linq;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Virtual;

public sealed class FaultLogTests
{
    [Test]
    public void A_fault_comes_back_as_it_was()
    {
        FaultLog log = default;
        log.Add(int.MaxValue, VirtAddr.FromTrusted(0x401000), VirtAddr.FromTrusted(0xFFFF_8000_0000_0123), FaultAccess.Execute, FaultOutcome.NoMemory);
        FaultRecord fault = log.Recall(0);
        Assert.That((fault.ProcessId, fault.Access, fault.Outcome), Is.EqualTo((int.MaxValue, FaultAccess.Execute, FaultOutcome.NoMemory)));
        Assert.That((fault.Instruction.Value, fault.Target.Value), Is.EqualTo((0x401000UL, 0xFFFF_8000_0000_0123UL)));
    }

    [Test]
    public void The_last_ones_are_kept_and_all_are_counted()
    {
        FaultLog log = default;
        Assert.That((log.Count, log.Total), Is.EqualTo((0, 0UL)));
        for (int number = 1; number <= FaultLog.Capacity + 10; number++)
        {
            log.Add(number, default, default, FaultAccess.Read, FaultOutcome.Zeroed);
            Assert.That(log.Recall(0).ProcessId, Is.EqualTo(number));
        }

        Assert.That((log.Count, log.Total), Is.EqualTo((FaultLog.Capacity, (ulong)FaultLog.Capacity + 10)));
        Assert.That(Enumerable.Range(0, log.Count).Select(age => log.Recall(age).ProcessId), Is.EqualTo(Enumerable.Range(11, FaultLog.Capacity).Reverse()));
    }

    [Test]
    public void What_is_not_kept_cannot_be_asked_for()
    {
        FaultLog log = default;
        log.Add(1, default, default, FaultAccess.Read, FaultOutcome.Zeroed);
        Assert.That(() => log.Recall(1), Throws.TypeOf<KernelAssertException>());
    }
}
