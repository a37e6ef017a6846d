namespace MemOS.Hardware;

/// <summary>What a processor can do, as it says itself.</summary>
/// <remarks>
/// Leaves, registers and bits: Intel SDM vol. 2A, CPUID, tables 3-8 and following; AMD APM vol. 3, appendix E; TDX: Intel TDX Module
/// Base Architecture Specification, CPUID leaf 21H. A leaf that the processor does not have counts as all zero.
/// </remarks>
public readonly struct CpuFeatures
{
    private const uint ExtendedBase = 0x8000_0000;
    private const int DefaultPhysicalBits = 36;
    private const int DefaultVirtualBits = 48;

    private readonly ulong _present;

    private CpuFeatures(ulong present, int physicalBits, int virtualBits)
    {
        _present = present;
        PhysicalAddressBits = physicalBits;
        VirtualAddressBits = virtualBits;
    }

    /// <summary>How many features there are.</summary>
    public const int Count = (int)CpuFeature.Rdseed + 1;

    /// <summary>The width of a physical address (MAXPHYADDR).</summary>
    public int PhysicalAddressBits { get; }

    /// <summary>The width of a virtual address.</summary>
    public int VirtualAddressBits { get; }

    /// <summary>Whether there is no feature missing that MemOS needs.</summary>
    public bool IsSufficient => !TryNextMissing(0, out _);

    /// <summary>Bit n set: pages of level n of four- and five-level tables exist.</summary>
    public int LeafLevels => Has(CpuFeature.Pages1G) ? 0b111 : 0b011;

    /// <summary>Asks <paramref name="cpuid"/> for everything.</summary>
    public static CpuFeatures Read<TCpuid>(TCpuid cpuid)
        where TCpuid : struct, ICpuid
    {
        FeatureReader<TCpuid> reader = new(cpuid);
        reader.ReadStandard();
        reader.ReadStructured();
        reader.ReadExtended();
        return new CpuFeatures(reader.Present, reader.PhysicalBits, reader.VirtualBits);
    }

    /// <summary>Whether the processor has <paramref name="feature"/>.</summary>
    public bool Has(CpuFeature feature) => (_present >> (int)feature & 1) != 0;

    /// <summary>Whether MemOS does not run without <paramref name="feature"/>.</summary>
    public static bool IsRequired(CpuFeature feature) => feature <= CpuFeature.Tsc;

    /// <summary>The next feature from number <paramref name="from"/> on that MemOS needs and the processor has not; false when there is none.</summary>
    public bool TryNextMissing(int from, out CpuFeature missing)
    {
        for (int number = from; number < Count; number++)
        {
            missing = (CpuFeature)number;
            if (IsRequired(missing) && !Has(missing)) return true;
        }

        missing = default;
        return false;
    }

    private struct FeatureReader<TCpuid>
        where TCpuid : struct, ICpuid
    {
        private readonly TCpuid _cpuid;
        private readonly uint _lastStandard;
        private readonly uint _lastExtended;

        internal ulong Present;
        internal int PhysicalBits;
        internal int VirtualBits;

        internal FeatureReader(TCpuid cpuid)
        {
            _cpuid = cpuid;
            Present = 0;
            PhysicalBits = DefaultPhysicalBits;
            VirtualBits = DefaultVirtualBits;
            _cpuid.Read(0, 0, out _lastStandard, out _, out _, out _);
            _cpuid.Read(ExtendedBase, 0, out uint lastExtended, out _, out _, out _);
            // A processor without extended leaves answers with something else.
            _lastExtended = lastExtended >= ExtendedBase ? lastExtended : 0;
        }

        internal void ReadStandard()
        {
            if (_lastStandard < 1) return;
            _cpuid.Read(1, 0, out _, out _, out uint ecx, out uint edx);
            Note(CpuFeature.Tsc, edx, 4);
            Note(CpuFeature.Msr, edx, 5);
            Note(CpuFeature.Pae, edx, 6);
            Note(CpuFeature.Cx8, edx, 8);
            Note(CpuFeature.Apic, edx, 9);
            Note(CpuFeature.Mtrr, edx, 12);
            Note(CpuFeature.Pge, edx, 13);
            Note(CpuFeature.Pat, edx, 16);
            Note(CpuFeature.Fxsr, edx, 24);
            Note(CpuFeature.Sse2, edx, 26);
            Note(CpuFeature.Pcid, ecx, 17);
            Note(CpuFeature.X2Apic, ecx, 21);
            Note(CpuFeature.Xsave, ecx, 26);
            Note(CpuFeature.Rdrand, ecx, 30);
        }

        internal void ReadStructured()
        {
            if (_lastStandard < 7) return;
            _cpuid.Read(7, 0, out uint lastSubleaf, out uint ebx, out uint ecx, out uint edx);
            Note(CpuFeature.FsGsBase, ebx, 0);
            Note(CpuFeature.Smep, ebx, 7);
            Note(CpuFeature.Erms, ebx, 9);
            Note(CpuFeature.Invpcid, ebx, 10);
            Note(CpuFeature.Rdseed, ebx, 18);
            Note(CpuFeature.Smap, ebx, 20);
            Note(CpuFeature.Umip, ecx, 2);
            Note(CpuFeature.Pku, ecx, 3);
            Note(CpuFeature.CetShadowStack, ecx, 7);
            Note(CpuFeature.La57, ecx, 16);
            Note(CpuFeature.Fsrm, edx, 4);
            Note(CpuFeature.CetBranchTracking, edx, 20);
            if (lastSubleaf >= 1)
            {
                _cpuid.Read(7, 1, out uint eax, out _, out _, out _);
                Note(CpuFeature.Lam, eax, 26);
            }

            ReadTdx();
        }

        internal void ReadExtended()
        {
            if (_lastExtended < 0x8000_0001) return;
            _cpuid.Read(0x8000_0001, 0, out _, out _, out _, out uint edx);
            Note(CpuFeature.Nx, edx, 20);
            Note(CpuFeature.Pages1G, edx, 26);
            Note(CpuFeature.LongMode, edx, 29);
            if (_lastExtended >= 0x8000_0008)
            {
                _cpuid.Read(0x8000_0008, 0, out uint widths, out _, out _, out _);
                PhysicalBits = (int)(widths & 0xFF);
                VirtualBits = (int)(widths >> 8 & 0xFF);
            }

            if (_lastExtended < 0x8000_001F) return;
            _cpuid.Read(0x8000_001F, 0, out uint encryption, out _, out _, out _);
            Note(CpuFeature.Sev, encryption, 1);
        }

        // A guest of Intel's TDX module finds the name "IntelTDX    " in leaf 21H.
        private void ReadTdx()
        {
            if (_lastStandard < 0x21) return;
            _cpuid.Read(0x21, 0, out _, out uint ebx, out uint ecx, out uint edx);
            const uint Inte = 0x65746E49;
            const uint LTdx = 0x5844546C;
            const uint Blanks = 0x20202020;
            if (ebx == Inte && edx == LTdx && ecx == Blanks) Present |= 1UL << (int)CpuFeature.Tdx;
        }

        private void Note(CpuFeature feature, uint register, int bit) => Present |= (ulong)(register >> bit & 1) << (int)feature;
    }
}
