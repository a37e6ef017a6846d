namespace MemOS.Processes;

/// <summary>The floating-point and vector registers as FXSAVE or XSAVE writes them (Intel SDM vol. 1, 10.5.1 and 13.4).</summary>
/// <remarks>
/// A program can hand over any bytes as such an image. XRSTOR and FXRSTOR fault, as the kernel, where a reserved bit is set: so an image is checked
/// (<see cref="IsAllowed"/>) before the processor is given it.
/// </remarks>
public readonly unsafe struct VectorImage
{
    /// <summary>The bytes of FXSAVE's image, with which XSAVE's begins.</summary>
    public const uint LegacyBytes = 512;

    /// <summary>The bytes of that which are software's.</summary>
    public const uint SoftwareAt = 464;

    /// <summary>x87 and SSE, which FXSAVE's image has.</summary>
    public const ulong LegacyComponents = 3;

    private const int ControlWordAt = 0;
    private const int StatusWordAt = 2;
    private const int ControlAt = 24;
    private const int ControlMaskAt = 28;
    private const int PresentAt = 512;
    private const int CompactAt = 520;
    private const int HeaderEnd = 576;
    private const ushort ResetControlWord = 0x37F;
    private const uint ResetControl = 0x1F80;
    private const uint LeastControlMask = 0xFFBF; // SDM vol. 1, 11.6.6: a mask of 0 means this one.
    private const int ControlMaskShift = 7;
    private const uint AnyException = 0x3F;

    private readonly byte* _bytes;
    private readonly uint _sizeBytes;
    private readonly ulong _components;

    /// <summary>The image at <paramref name="bytes"/>, which the caller keeps.</summary>
    /// <param name="bytes">The first byte.</param>
    /// <param name="sizeBytes">How many there are: 512, or as many as XSAVE wants.</param>
    /// <param name="components">The components that XSAVE keeps; 0 where FXSAVE does it.</param>
    public VectorImage(byte* bytes, uint sizeBytes, ulong components)
    {
        _bytes = bytes;
        _sizeBytes = sizeBytes;
        _components = components;
    }

    /// <summary>The first byte.</summary>
    public byte* Bytes => _bytes;

    /// <summary>How many there are.</summary>
    public uint SizeBytes => _sizeBytes;

    /// <summary>The components that XSAVE keeps.</summary>
    public ulong Components => _components;

    /// <summary>Whether it is XSAVE's.</summary>
    public bool IsExtended => _components != 0;

    /// <summary>The bits of MXCSR that the processor has; valid once it has written the image.</summary>
    public uint ControlMask
    {
        get
        {
            uint mask = *(uint*)(_bytes + ControlMaskAt); // SAFETY: all offsets here are below 512, or below the header's end where that is there.
            return mask == 0 ? LeastControlMask : mask;
        }
    }

    /// <summary>Which components are in it; the others are as after a reset.</summary>
    public ulong Present
    {
        get => IsExtended ? *(ulong*)(_bytes + PresentAt) : LegacyComponents;
        private set
        {
            if (IsExtended) *(ulong*)(_bytes + PresentAt) = value;
        }
    }

    /// <summary>FPE_ code of the x87 exception that is pending and not masked.</summary>
    public int X87Exception => CodeOf(*(ushort*)(_bytes + StatusWordAt) & ~(uint)*(ushort*)(_bytes + ControlWordAt));

    /// <summary>FPE_ code of the vector exception that has come and is not masked.</summary>
    public int VectorException
    {
        get
        {
            uint control = *(uint*)(_bytes + ControlAt);
            return CodeOf(control & ~(control >> ControlMaskShift));
        }
    }

    /// <summary>As after a reset: zeros, but for what says how to calculate.</summary>
    public void Reset()
    {
        for (uint at = 0; at < _sizeBytes; at++) _bytes[at] = 0; // SAFETY: the caller's bytes.
        *(ushort*)(_bytes + ControlWordAt) = ResetControlWord;
        *(uint*)(_bytes + ControlAt) = ResetControl;
    }

    /// <summary>Says of components that are not among <paramref name="components"/> that they are not in it.</summary>
    public void Keep(ulong components) => Present &= components;

    /// <summary>Keeps of an extended image what FXSAVE's has.</summary>
    public void KeepLegacy()
    {
        for (uint at = LegacyBytes; at < _sizeBytes; at++) _bytes[at] = 0; // SAFETY: as above.
        Present = LegacyComponents;
    }

    /// <summary>Whether the processor will load it without a fault.</summary>
    /// <param name="controlMask">The bits of MXCSR that the processor has.</param>
    public bool IsAllowed(uint controlMask)
    {
        if ((*(uint*)(_bytes + ControlAt) & ~controlMask) != 0) return false;
        if (!IsExtended) return true;
        if ((Present & ~_components) != 0) return false;
        for (int at = CompactAt; at < HeaderEnd; at += sizeof(ulong))
        {
            if (*(ulong*)(_bytes + at) != 0) return false;
        }

        return true;
    }

    // FPE_FLTINV, FPE_FLTDIV, FPE_FLTOVF, FPE_FLTUND (a denormal too), FPE_FLTRES: bits IE, DE, ZE, OE, UE, PE.
    private static int CodeOf(uint exceptions)
    {
        exceptions &= AnyException;
        if ((exceptions & 1) != 0) return 7;
        if ((exceptions & 4) != 0) return 3;
        if ((exceptions & 8) != 0) return 4;
        if ((exceptions & 0x12) != 0) return 5;
        return (exceptions & 0x20) != 0 ? 6 : 0;
    }
}
