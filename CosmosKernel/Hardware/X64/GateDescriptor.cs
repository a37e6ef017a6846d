namespace MemOS.Hardware;

/// <summary>An interrupt gate: 16 bytes of the interrupt table (Intel SDM vol. 3, 6.14.1).</summary>
public readonly struct GateDescriptor
{
    private const ulong Present = 1ul << 47;
    private const ulong InterruptGate = 0xEul << 40;
    private const int PrivilegeShift = 45;
    private const int StackShift = 32;
    private const int SelectorShift = 16;

    private readonly ulong _low;
    private readonly ulong _high;

    /// <summary>A gate that masks interrupts on entry.</summary>
    /// <param name="entry">The address of the entry.</param>
    /// <param name="codeSelector">The code segment that it runs in.</param>
    /// <param name="stackIndex">Which stack of the task state to switch to, 1 to 7; 0 stays on the interrupted one.</param>
    /// <param name="privilege">The least privileged level that may raise it by an instruction.</param>
    public GateDescriptor(ulong entry, ushort codeSelector, int stackIndex, int privilege)
    {
        _low = (entry & 0xFFFF) | (ulong)codeSelector << SelectorShift | (ulong)stackIndex << StackShift | InterruptGate
            | (ulong)privilege << PrivilegeShift | Present | (entry >> 16 & 0xFFFF) << 48;
        _high = entry >> 32;
    }

    /// <summary>The gate's lower eight bytes.</summary>
    public ulong Low => _low;

    /// <summary>The gate's upper eight bytes.</summary>
    public ulong High => _high;
}
