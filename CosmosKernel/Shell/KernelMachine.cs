using System;
using Cosmos.System;
using MemOS.Hardware;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>The machine that the kernel runs on.</summary>
public sealed class KernelMachine : IMachine
{
    /// <inheritdoc/>
    public void Do(MachineAction action)
    {
        switch (action)
        {
            case MachineAction.PowerOff:
                Power.Shutdown();
                break;
            case MachineAction.Reboot:
                Power.Reboot();
                break;
            case MachineAction.Throw:
                throw new InvalidOperationException("thrown where nobody catches it");
        }
    }

    /// <inheritdoc/>
    public void Panic(string reason) => KernelAssert.Fail(reason);

    /// <inheritdoc/>
    public void Fault(FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.NullReference:
                DeliberateFault.ReadThroughNull();
                break;
            case FaultKind.WriteCode:
                DeliberateFault.WriteCode();
                break;
            case FaultKind.ExecuteData:
                DeliberateFault.ExecuteData();
                break;
            case FaultKind.StackOverflow:
                DeliberateFault.OverflowStack();
                break;
            case FaultKind.ReservedBit:
                BrokenEntry broken = BrokenEntry.OfRoot();
                DeliberateFault.Read(broken.Address);
                broken.Mend();
                break;
            case FaultKind.DeafProcessor:
                DeafProcessor.Provoke();
                break;
        }
    }
}
