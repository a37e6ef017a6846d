using System.Runtime.InteropServices;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>Where the linker put the parts of the kernel: the table that <c>KitImageLayout</c> gives, one word each.</summary>
/// <remarks>Sections start and end on pages; text, constants and data follow each other.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct KernelImage
{
    private readonly ulong _physicalStart;
    private readonly ulong _physicalEnd;
    private readonly ulong _textStart;
    private readonly ulong _textEnd;
    private readonly ulong _constantsStart;
    private readonly ulong _constantsEnd;
    private readonly ulong _dataStart;
    private readonly ulong _dataEnd;
    private readonly ulong _stackGuard;
    private readonly ulong _stackBottom;
    private readonly ulong _stackTop;

    /// <summary>An image that runs where it lies, from <paramref name="start"/> to <paramref name="end"/>, of which nothing more is known but its stack.</summary>
    public KernelImage(PhysAddr start, PhysAddr end, VirtAddr stackBottom, VirtAddr stackTop)
    {
        this = default;
        _physicalStart = start.Value;
        _physicalEnd = end.Value;
        _textStart = start.Value;
        _textEnd = start.Value;
        _constantsStart = start.Value;
        _constantsEnd = start.Value;
        _dataStart = start.Value;
        _dataEnd = end.Value;
        _stackGuard = stackBottom.Value;
        _stackBottom = stackBottom.Value;
        _stackTop = stackTop.Value;
    }

    /// <summary>First physical address, the code that runs before paging included.</summary>
    public PhysAddr PhysicalStart => PhysAddr.FromTrusted(_physicalStart);

    /// <summary>Physical address after the last byte.</summary>
    public PhysAddr PhysicalEnd => PhysAddr.FromTrusted(_physicalEnd);

    /// <summary>First byte of the code.</summary>
    public VirtAddr TextStart => VirtAddr.FromTrusted(_textStart);

    /// <summary>Address after the code.</summary>
    public VirtAddr TextEnd => VirtAddr.FromTrusted(_textEnd);

    /// <summary>First byte of the constants.</summary>
    public VirtAddr ConstantsStart => VirtAddr.FromTrusted(_constantsStart);

    /// <summary>Address after the constants.</summary>
    public VirtAddr ConstantsEnd => VirtAddr.FromTrusted(_constantsEnd);

    /// <summary>First byte of the variables.</summary>
    public VirtAddr DataStart => VirtAddr.FromTrusted(_dataStart);

    /// <summary>Address after the variables.</summary>
    public VirtAddr DataEnd => VirtAddr.FromTrusted(_dataEnd);

    /// <summary>The page below the boot stack, never mapped by MemOS; the stack's first byte where there is no such page.</summary>
    public VirtAddr StackGuard => VirtAddr.FromTrusted(_stackGuard);

    /// <summary>Whether there may be code at <paramref name="address"/>.</summary>
    public bool MayHoldCode(VirtAddr address) => _textStart == _textEnd
        ? address >= DataStart && address < DataEnd
        : address >= TextStart && address < TextEnd;

    /// <summary>Lowest byte of the boot stack.</summary>
    public VirtAddr StackBottom => VirtAddr.FromTrusted(_stackBottom);

    /// <summary>Address after the boot stack's highest byte.</summary>
    public VirtAddr StackTop => VirtAddr.FromTrusted(_stackTop);
}
