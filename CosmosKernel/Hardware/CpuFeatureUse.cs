namespace MemOS.Hardware;

/// <summary>What MemOS does with each feature, judged by what is switched on: the lines of the <c>cpu</c> command.</summary>
public readonly struct CpuFeatureUse
{
    private readonly CpuFeatures _features;
    private readonly CpuControl _control;
    private readonly ulong _usedPageSizes;

    /// <summary>A view of <paramref name="features"/>.</summary>
    /// <param name="features">What the processor can do.</param>
    /// <param name="control">What is switched on.</param>
    /// <param name="usedPageSizes">The sizes, or-ed together, of the pages that the kernel's tables have.</param>
    public CpuFeatureUse(CpuFeatures features, CpuControl control, ulong usedPageSizes)
    {
        _features = features;
        _control = control;
        _usedPageSizes = usedPageSizes;
    }

    /// <summary>Whether <paramref name="feature"/> is used, unused or absent.</summary>
    public CpuFeatureState StateOf(CpuFeature feature)
    {
        if (!_features.Has(feature)) return CpuFeatureState.Absent;
        return IsUsed(feature) ? CpuFeatureState.Used : CpuFeatureState.Unused;
    }

    /// <summary>The name that manuals use.</summary>
    public static string NameOf(CpuFeature feature)
    {
        switch (feature)
        {
            case CpuFeature.Msr: return "MSR";
            case CpuFeature.Pae: return "PAE";
            case CpuFeature.LongMode: return "LM";
            case CpuFeature.Nx: return "NX";
            case CpuFeature.Fxsr: return "FXSR";
            case CpuFeature.Sse2: return "SSE2";
            case CpuFeature.Cx8: return "CX8";
            case CpuFeature.Tsc: return "TSC";
            case CpuFeature.Apic: return "APIC";
            case CpuFeature.Pge: return "PGE";
            case CpuFeature.Pat: return "PAT";
            case CpuFeature.Mtrr: return "MTRR";
            case CpuFeature.Pages1G: return "1GPAGES";
            case CpuFeature.Pcid: return "PCID";
            case CpuFeature.Invpcid: return "INVPCID";
            case CpuFeature.Smep: return "SMEP";
            case CpuFeature.Smap: return "SMAP";
            case CpuFeature.Umip: return "UMIP";
            case CpuFeature.Pku: return "PKU";
            case CpuFeature.La57: return "LA57";
            case CpuFeature.Lam: return "LAM";
            case CpuFeature.CetShadowStack: return "CET_SS";
            case CpuFeature.CetBranchTracking: return "CET_IBT";
            case CpuFeature.Sev: return "SEV";
            case CpuFeature.Tdx: return "TDX";
            case CpuFeature.X2Apic: return "X2APIC";
            case CpuFeature.FsGsBase: return "FSGSBASE";
            case CpuFeature.Xsave: return "XSAVE";
            case CpuFeature.Erms: return "ERMS";
            case CpuFeature.Fsrm: return "FSRM";
            case CpuFeature.Rdrand: return "RDRAND";
            case CpuFeature.Rdseed: return "RDSEED";
            default: return "?";
        }
    }

    /// <summary>One line on what it is good for here, or why it is not used.</summary>
    public static string ReasonFor(CpuFeature feature)
    {
        switch (feature)
        {
            case CpuFeature.Msr: return "needed: EFER, PAT";
            case CpuFeature.Pae: return "needed: 64-bit page table entries";
            case CpuFeature.LongMode: return "needed: the kernel is 64-bit code";
            case CpuFeature.Nx: return "needed: data is never executable";
            case CpuFeature.Fxsr: return "needed: interrupts save vector registers";
            case CpuFeature.Sse2: return "needed: the compiler's code uses it";
            case CpuFeature.Cx8: return "needed: atomic 64-bit exchange";
            case CpuFeature.Tsc: return "needed: clock and figures";
            case CpuFeature.Apic: return "processors interrupt each other by it";
            case CpuFeature.Pge: return "kernel translations outlive a switch of address spaces";
            case CpuFeature.Pat: return "write combining for framebuffers";
            case CpuFeature.Mtrr: return "the firmware's settings stand";
            case CpuFeature.Pages1G: return "the direct map, where 1 GiB of RAM lies in a piece";
            case CpuFeature.Pcid: return "translations of several address spaces are kept side by side";
            case CpuFeature.Invpcid: return "forgets all translations in one instruction";
            case CpuFeature.Smep: return "the kernel never executes user pages";
            case CpuFeature.Smap: return "the kernel reaches user pages only when it means to";
            case CpuFeature.Umip: return "descriptor tables are not shown to user code";
            case CpuFeature.Pku: return "pages are protected by their tables";
            case CpuFeature.La57: return "la57=on asks for it; four levels reach all memory here";
            case CpuFeature.Lam: return "pointers carry no tags";
            case CpuFeature.CetShadowStack: return "exceptions rewrite return addresses";
            case CpuFeature.CetBranchTracking: return "the compiler emits no landing marks";
            case CpuFeature.Sev: return "memory is not encrypted";
            case CpuFeature.Tdx: return "memory is not encrypted";
            case CpuFeature.X2Apic: return "its registers are reached faster, and processors beyond 254";
            case CpuFeature.FsGsBase: return "thread statics do not go through FS or GS";
            case CpuFeature.Xsave: return "FXSAVE covers what the compiler's code uses";
            case CpuFeature.Erms: return "frames are cleared by wide stores";
            case CpuFeature.Fsrm: return "short copies are loops";
            case CpuFeature.Rdrand: return "places of programs, where there is no RDSEED";
            case CpuFeature.Rdseed: return "places of programs";
            default: return "";
        }
    }

    private bool IsUsed(CpuFeature feature)
    {
        const ulong OneGiB = 1UL << 30;
        switch (feature)
        {
            // What has no switch of its own, and is used wherever it is.
            case CpuFeature.Msr:
            case CpuFeature.Cx8:
            case CpuFeature.Invpcid:
            case CpuFeature.Apic:
            case CpuFeature.X2Apic:
            case CpuFeature.Rdseed:
            case CpuFeature.Tsc: return true;
            case CpuFeature.Rdrand: return !_features.Has(CpuFeature.Rdseed);
            case CpuFeature.Pae: return _control.Cr4Has(5);
            case CpuFeature.Pge: return _control.Cr4Has(7);
            case CpuFeature.Fxsr:
            case CpuFeature.Sse2: return _control.Cr4Has(9);
            case CpuFeature.Umip: return _control.Cr4Has(11);
            case CpuFeature.La57: return _control.Cr4Has(12);
            case CpuFeature.FsGsBase: return _control.Cr4Has(16);
            case CpuFeature.Pcid: return _control.Cr4Has(17);
            case CpuFeature.Xsave: return _control.Cr4Has(18);
            case CpuFeature.Smep: return _control.Cr4Has(20);
            case CpuFeature.Smap: return _control.Cr4Has(21);
            case CpuFeature.Pku: return _control.Cr4Has(22);
            case CpuFeature.CetShadowStack:
            case CpuFeature.CetBranchTracking: return _control.Cr4Has(23);
            case CpuFeature.Lam: return _control.Cr4Has(28);
            case CpuFeature.LongMode: return _control.EferHas(10);
            case CpuFeature.Nx: return _control.EferHas(11);
            case CpuFeature.Pat: return _control.PageAttributes == PageAttributeTable.Value;
            case CpuFeature.Pages1G: return (_usedPageSizes & OneGiB) != 0;
            default: return false;
        }
    }
}
