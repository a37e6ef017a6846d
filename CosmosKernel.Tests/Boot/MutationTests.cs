using System;
using Cosmos.Build.Machines;
using Cosmos.Build.Shells;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>Kernels without something that keeps processors out of each other's way: the stress of all processors, or their checks, find each.</summary>
[Category("Boot")]
public sealed class MutationTests
{
    private const string Shootdown = "MemOS.Memory.Tlb.Shootdown`3";
    private const string Stress = "stress smp 60s 1";
    private const string Checks = "selftest processors";

    [TestCase("MemOS.Collections.TicketLock", "IsServed", true, Stress, TestName = "A_kernel_whose_locks_keep_nobody_out_is_found")]
    [TestCase(Shootdown, "AwaitUsers", false, Stress, TestName = "A_kernel_that_asks_no_user_of_a_space_to_forget_is_found")]
    [TestCase(Shootdown, "AwaitAwake", false, Stress, TestName = "A_kernel_that_asks_nobody_to_forget_its_own_half_is_found")]
    [TestCase(Shootdown, "Await", null, Checks, TestName = "A_kernel_that_waits_for_no_answer_is_found")]
    [TestCase("MemOS.Memory.Tlb.LoadedSpaces", "HasSeenKernel", true, Stress, TestName = "A_kernel_that_does_not_count_what_a_resting_processor_missed_is_found")]
    [TestCase("MemOS.Memory.Tlb.LoadedSpaces", "HasSeenKernel", true, Checks, TestName = "The_checks_too_find_that_it_does_not")]
    public void A_kernel_without_it_is_found(string type, string method, bool? result, string command)
    {
        using MutatedKernel kernel = new(type, method, result);
        using BootedMachine machine = BootedMachine.Start(kernel.Machine with { Cpus = 2, Memory = MemorySize.Parse("256M") });
        Assert.That(() => Survives(machine, command), Is.False, machine.Transcript);
    }

    // It may say what is wrong, panic, or wait for ever.
    private static bool Survives(BootedMachine machine, string command)
    {
        try
        {
            return machine.Run(command, TimeSpan.FromMinutes(4)).Succeeded;
        }
        catch (ShellException)
        {
            return false;
        }
    }
}
