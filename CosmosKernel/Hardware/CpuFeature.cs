namespace MemOS.Hardware;

/// <summary>A feature of the processor that MemOS needs, can use or reports.</summary>
public enum CpuFeature
{
    /// <summary>Model-specific registers.</summary>
    Msr = 0,

    /// <summary>Page tables with 64-bit entries.</summary>
    Pae,

    /// <summary>64-bit mode.</summary>
    LongMode,

    /// <summary>Pages that cannot be executed.</summary>
    Nx,

    /// <summary>FXSAVE and FXRSTOR.</summary>
    Fxsr,

    /// <summary>128-bit integer and double arithmetic.</summary>
    Sse2,

    /// <summary>CMPXCHG8B.</summary>
    Cx8,

    /// <summary>Time-stamp counter.</summary>
    Tsc,

    /// <summary>A local interrupt controller.</summary>
    Apic,

    /// <summary>Translations that outlive a switch of address spaces.</summary>
    Pge,

    /// <summary>The page attribute table.</summary>
    Pat,

    /// <summary>Memory type range registers.</summary>
    Mtrr,

    /// <summary>1 GiB pages.</summary>
    Pages1G,

    /// <summary>Translations tagged with an address space's number.</summary>
    Pcid,

    /// <summary>Invalidation by address space.</summary>
    Invpcid,

    /// <summary>The kernel cannot execute user pages.</summary>
    Smep,

    /// <summary>The kernel cannot read or write user pages by accident.</summary>
    Smap,

    /// <summary>User code cannot read descriptor table registers.</summary>
    Umip,

    /// <summary>Protection keys for user pages.</summary>
    Pku,

    /// <summary>Five-level paging.</summary>
    La57,

    /// <summary>Ignored upper address bits.</summary>
    Lam,

    /// <summary>Shadow stacks.</summary>
    CetShadowStack,

    /// <summary>Tracking of indirect branches.</summary>
    CetBranchTracking,

    /// <summary>Encrypted memory of guests (AMD).</summary>
    Sev,

    /// <summary>Running as an encrypted guest (Intel).</summary>
    Tdx,

    /// <summary>The interrupt controller's registers as model-specific registers.</summary>
    X2Apic,

    /// <summary>Instructions for the FS and GS bases.</summary>
    FsGsBase,

    /// <summary>XSAVE.</summary>
    Xsave,

    /// <summary>Fast REP MOVSB and REP STOSB.</summary>
    Erms,

    /// <summary>Fast short REP MOVSB.</summary>
    Fsrm,

    /// <summary>Random numbers.</summary>
    Rdrand,

    /// <summary>Random seeds.</summary>
    Rdseed,
}
