using Cosmos.Core;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>MemOS on the installed kit's interrupt table, x86-32.</summary>
/// <remarks>
/// The kit's entries save the state as a <c>Cosmos.Core.INTs.IRQContext</c> and call its handlers; MemOS plugs those of the faults and calls
/// <see cref="FaultRecovery"/> there first. The kit has no task gates, so that no interrupt has a stack of its own.
/// </remarks>
public static class Interrupts
{
    /// <summary>The kit's table is in use from the start.</summary>
    public static bool IsInstalled => true;

    /// <summary>The kit does not say so.</summary>
    public static bool IsHandling => false;

    /// <summary>CR2: nothing can fault between the entry and the handler.</summary>
    public static VirtAddr FaultAddress => VirtAddr.FromTrusted(Cpu.ReadCr2());

    /// <summary>Loads the kit's interrupt table. Whether interrupts are masked does not change.</summary>
    /// <param name="stacks">Not used: without task gates every interrupt of kernel code stays on its stack.</param>
    public static void Install(in InterruptStacks stacks) => Reload();

    /// <summary>Does nothing, see <see cref="Install"/>.</summary>
    public static void SetStacks(in InterruptStacks stacks)
    {
    }

    /// <summary>Loads the kit's interrupt table again, after someone loaded another.</summary>
    public static void Reload() => CPU.UpdateIDT(false);
}
