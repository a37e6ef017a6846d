using System;
using Cosmos.Core;
using MemOS.Hardware;
using NUnit.Framework;

namespace MemOS.Tests.Hardware;

/// <summary>Which interrupts are a probe's, and where those go on.</summary>
[TestFixture]
public sealed unsafe class FaultRecoveryTests
{
    private const nuint Access = 0x1000;
    private const nuint AccessRecovery = 0x1010;
    private const nuint Returned = 0x2000;
    private const nuint CallRecovery = 0x2020;
    private const uint KernelCode = 8;

    private static readonly FaultFixup[] s_table = { new(Access, AccessRecovery), new(Returned, CallRecovery) };

    [TestCase(0u)]
    [TestCase(5u)]
    [TestCase(6u)]
    [TestCase(10u)]
    [TestCase(12u)]
    [TestCase(13u)]
    [TestCase(14u)]
    [TestCase(17u)]
    public void A_fault_of_a_listed_instruction_goes_on_at_its_recovery_with_the_outcome(uint vector)
    {
        nuint top = 0x77;
        INTs.IRQContext context = Context(vector, Access, &top, error: 0x8003);
        Assert.That(Recover(ref context), Is.True);
        Assert.That(context.EIP, Is.EqualTo(AccessRecovery));
        Assert.That(context.UserESP, Is.EqualTo((nuint)(&top)));
        ProbeOutcome outcome = ProbeOutcome.FromRaw((uint)context.EAX);
        Assert.That((outcome.Faulted, outcome.Vector, outcome.ErrorCode), Is.EqualTo((true, (byte)vector, (ushort)0x8003)));
    }

    [Test]
    public void A_fault_of_the_called_code_goes_on_at_the_callers_recovery()
    {
        nuint top = Returned;
        INTs.IRQContext context = Context(14, 0xDEAD_0000, &top, error: 0x10);
        Assert.That(Recover(ref context), Is.True);
        Assert.That(context.EIP, Is.EqualTo(CallRecovery));
        Assert.That(ProbeOutcome.FromRaw((uint)context.EAX).ErrorCode, Is.EqualTo(0x10));
    }

    [TestCase(1u, TestName = "A_debug_trap_on_a_probe_is_not_its_fault")]
    [TestCase(2u, TestName = "A_non_maskable_interrupt_on_a_probe_is_not_its_fault")]
    [TestCase(3u, TestName = "A_breakpoint_on_a_probe_is_not_its_fault")]
    [TestCase(8u, TestName = "A_double_fault_on_a_probe_is_not_its_fault")]
    [TestCase(18u, TestName = "A_machine_check_on_a_probe_is_not_its_fault")]
    [TestCase(32u, TestName = "A_timer_interrupt_on_a_probe_is_not_its_fault")]
    [TestCase(46u, TestName = "An_interrupt_whose_number_is_a_fault_plus_32_is_not_a_fault")]
    [TestCase(255u, TestName = "The_last_vector_is_not_a_fault")]
    public void Other_vectors_are_left_alone(uint vector)
    {
        nuint top = Returned;
        AssertLeftAlone(Context(vector, Access, &top, error: 0));
    }

    [Test]
    public void A_fault_elsewhere_is_left_alone()
    {
        nuint top = 0x77;
        AssertLeftAlone(Context(14, Access + 1, &top, error: 2));
    }

    [Test]
    public void A_fault_of_user_code_is_left_alone_and_its_stack_not_read()
    {
        INTs.IRQContext context = Context(14, Access, null, error: 4);
        context.CS = ProcessorTables.UserCode64;
        AssertLeftAlone(context);
    }

    [Test]
    public void No_fault_is_an_outcome_without_vector()
    {
        ProbeOutcome outcome = ProbeOutcome.FromRaw(0);
        Assert.That((outcome.Faulted, outcome.Vector, outcome.ErrorCode), Is.EqualTo((false, (byte)0, (ushort)0)));
    }

    [Test]
    public void A_divide_error_is_told_from_no_fault()
    {
        Assert.That(ProbeOutcome.FromRaw(ProbeOutcome.RawFault(0, 0)).Faulted, Is.True);
    }

    private static void AssertLeftAlone(INTs.IRQContext context)
    {
        INTs.IRQContext before = context;
        Assert.That(Recover(ref context), Is.False);
        Assert.That(
            new ReadOnlySpan<byte>(&context, sizeof(INTs.IRQContext)).SequenceEqual(new ReadOnlySpan<byte>(&before, sizeof(INTs.IRQContext))),
            Is.True);
    }

    private static bool Recover(ref INTs.IRQContext context)
    {
        fixed (FaultFixup* table = s_table)
        {
            return FaultRecovery.TryRecover(ref context, table, table + s_table.Length);
        }
    }

    private static INTs.IRQContext Context(uint vector, nuint instruction, nuint* stack, uint error)
    {
        return new INTs.IRQContext
        {
            Interrupt = vector,
            EIP = instruction,
            Param = error,
            CS = KernelCode,
            UserESP = (nuint)stack,
            EAX = 0x5555,
            ECX = 0x6666,
        };
    }
}
