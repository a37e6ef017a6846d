namespace MemOS.Hardware;

/// <summary>Makes a processor ready to run programs (Intel SDM vol. 3, 5.8.8; vol. 1, 13).</summary>
/// <remarks>
/// The kernel runs programs as a function: <see cref="Cpu.RunUser"/> goes to the program and comes back when it stops, on the same stack. So
/// there is one kernel stack a processor, whatever number of programs there is; nothing of a program's is on it between two turns.
/// </remarks>
public static unsafe class UserMode
{
    private const uint ExtendedFeatures = 0xC0000080;
    private const uint SystemCallTargets = 0xC0000081; // STAR
    private const uint SystemCallAddress = 0xC0000082; // LSTAR
    private const uint SystemCallMask = 0xC0000084; // FMASK
    private const uint FsBase = 0xC0000100;
    private const uint KernelGsBase = 0xC0000102;
    private const ulong SystemCallEnable = 1;
    private const CosmosAddress SaveByXsave = 1u << 18; // CR4.OSXSAVE
    private const ulong X87 = 1;
    private const ulong Sse = 2;
    private const ulong Avx = 4;
    private const uint FxsaveBytes = 512;
    private const uint ResetMxcsr = 0x1F80; // All exceptions masked, rounding to nearest (Intel SDM vol. 1, 10.2.3).

    /// <summary>The bytes that the vector registers of a program take.</summary>
    public static uint VectorStateBytes { get; private set; }

    /// <summary>The components that XSAVE keeps of them; 0 where FXSAVE does it.</summary>
    public static ulong VectorComponents { get; private set; }

    /// <summary>Switches SYSCALL on, and XSAVE where the processor has it, on the processor that runs this; the second time nothing is done.</summary>
    /// <param name="hasXsave">Whether it has XSAVE. All processors have what the first one has.</param>
    public static void Start(bool hasXsave)
    {
        ProcessorArea* area = Cpu.CurrentArea();
        if (area->Mxcsr != 0) return;
        area->InterruptStack = ProcessorTables.UserInterruptStack(area->Tables);
        area->Mxcsr = ResetMxcsr;
        Cpu.WriteMsr(KernelGsBase, 0);
        Cpu.WriteMsr(ExtendedFeatures, Cpu.ReadMsr(ExtendedFeatures) | SystemCallEnable);
        Cpu.WriteMsr(SystemCallTargets, (ulong)ProcessorTables.UserBase << 48 | (ulong)ProcessorTables.KernelCode << 32);
        Cpu.WriteMsr(SystemCallAddress, (ulong)Cpu.SystemCallEntry());
        Cpu.WriteMsr(SystemCallMask, UserFlags.ClearedByCall);
        VectorStateBytes = hasXsave ? StartXsave() : FxsaveBytes;
    }

    /// <summary>Loads the bases of FS and GS that the next program has.</summary>
    /// <param name="fs">Of FS; canonical.</param>
    /// <param name="gs">Of GS; canonical.</param>
    public static void SetBases(ulong fs, ulong gs)
    {
        Cpu.WriteMsr(FsBase, fs);
        Cpu.WriteMsr(KernelGsBase, gs); // SWAPGS makes it the program's.
    }

    private static uint StartXsave()
    {
        Cpu.WriteCr4(Cpu.ReadCr4() | SaveByXsave);
        CpuidResult supported = Cpu.Cpuid(0xD, 0);
        VectorComponents = (X87 | Sse | Avx) & supported.Eax;
        Cpu.WriteXcr(0, VectorComponents);
        return Cpu.Cpuid(0xD, 0).Ebx; // For what is switched on.
    }
}
