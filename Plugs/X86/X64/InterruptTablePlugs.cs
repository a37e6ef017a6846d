using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Hardware;

namespace MemOS.Plugs.X86;

/// <summary>Keeps MemOS's interrupt table in use where the kit would load its own.</summary>
[Plug(Target = typeof(CPU))]
public static class InterruptTablePlugs
{
    /// <summary>Loads MemOS's interrupt table, once that is built; before, the kit's.</summary>
    public static void UpdateIDT(bool aEnableInterruptsImmediately)
    {
        if (Interrupts.IsInstalled)
        {
            Interrupts.Reload();
        }
        else
        {
            DescriptorTables.LoadInterruptTable();
        }

        if (aEnableInterruptsImmediately)
        {
            Cpu.EnableInterrupts();
        }
    }
}
