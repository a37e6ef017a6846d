using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>A part of the virtual address space that is used for one thing: [<see cref="Start"/>, Start + <see cref="SizeBytes"/>).</summary>
public readonly struct AddressWindow
{
    /// <summary>The window from <paramref name="start"/> on.</summary>
    public AddressWindow(VirtAddr start, ulong sizeBytes)
    {
        Start = start;
        SizeBytes = sizeBytes;
    }

    /// <summary>The first address.</summary>
    public VirtAddr Start { get; }

    /// <summary>The number of bytes.</summary>
    public ulong SizeBytes { get; }

    /// <summary>The pages of the window.</summary>
    public PageRange Pages => new(Start.ContainingPage, SizeBytes >> PageNumber.Shift);

    /// <summary>Whether <paramref name="address"/> lies in it.</summary>
    public bool Contains(VirtAddr address) => unchecked(address.Value - Start.Value) < SizeBytes;

    /// <summary>Whether all <paramref name="sizeBytes"/> bytes from <paramref name="start"/> on lie in it.</summary>
    public bool Contains(VirtAddr start, ulong sizeBytes)
    {
        ulong offset = unchecked(start.Value - Start.Value);
        return offset <= SizeBytes && sizeBytes <= SizeBytes - offset;
    }
}
