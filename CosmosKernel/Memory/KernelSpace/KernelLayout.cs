using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>Where the kernel's half of the address space has what.</summary>
/// <remarks>
/// A preset is data. What the described systems leave open (LLD: heap, stacks, devices; Valen: stacks) is placed where they use
/// nothing. LLD gives its direct map as 256 GiB and ends it at 4 GiB: the size is taken.
/// </remarks>
public readonly struct KernelLayout
{
    private const ulong MiB = 1UL << 20;
    private const ulong GiB = 1UL << 30;
    private const ulong TiB = 1UL << 40;
    private const ulong ImageBase = 0xFFFF_FFFF_8000_0000;

    private KernelLayout(
        LayoutPreset preset, AddressWindow directMap, AddressWindow heap, AddressWindow stacks, AddressWindow devices, AddressWindow image)
    {
        Preset = preset;
        DirectMap = directMap;
        Heap = heap;
        Stacks = stacks;
        Devices = devices;
        Image = image;
    }

    /// <summary>Which preset it is.</summary>
    public LayoutPreset Preset { get; }

    /// <summary>The name that <c>layout=</c> uses.</summary>
    /// <remarks>Not a field: a layout is kept where no object may be.</remarks>
    public string Name
    {
        get
        {
            switch (Preset)
            {
                case LayoutPreset.Lld: return "lld";
                case LayoutPreset.Valen: return "valen";
                default: return "veridian";
            }
        }
    }

    /// <summary>All memory, in the order of its physical addresses.</summary>
    public AddressWindow DirectMap { get; }

    /// <summary>Pages of kernel allocations.</summary>
    public AddressWindow Heap { get; }

    /// <summary>Kernel stacks.</summary>
    public AddressWindow Stacks { get; }

    /// <summary>Device registers and memory.</summary>
    public AddressWindow Devices { get; }

    /// <summary>The kernel itself: its first address stands for physical address 0.</summary>
    public AddressWindow Image { get; }

    /// <summary>Whether the image lies in the direct map, each byte at the same address in both.</summary>
    public bool ImageIsInDirectMap => DirectMap.Start == Image.Start;

    /// <summary>The layout called <paramref name="preset"/>.</summary>
    public static KernelLayout For(LayoutPreset preset)
    {
        switch (preset)
        {
            case LayoutPreset.Lld:
                return new KernelLayout(
                    preset,
                    Window(0xFFFF_8000_0000_0000, 256 * GiB),
                    Window(0xFFFF_C000_0000_0000, 16 * TiB),
                    Window(0xFFFF_E000_0000_0000, 16 * TiB),
                    Window(0xFFFF_F000_0000_0000, 15 * TiB),
                    Window(ImageBase, 2 * GiB));
            case LayoutPreset.Valen:
                return new KernelLayout(
                    preset,
                    Window(ImageBase, 768 * MiB),
                    Window(0xFFFF_FFFF_B000_0000, 256 * MiB),
                    Window(0xFFFF_FFFF_FF00_0000, 15 * MiB),
                    Window(0xFFFF_FFFF_C000_0000, 1008 * MiB),
                    Window(ImageBase, 768 * MiB));
            default:
                return new KernelLayout(
                    LayoutPreset.Veridian,
                    Window(0xFFFF_8000_0000_0000, 16 * TiB),
                    Window(0xFFFF_C000_0000_0000, 16 * TiB),
                    Window(0xFFFF_E000_0000_0000, 16 * TiB),
                    Window(0xFFFF_F000_0000_0000, 15 * TiB),
                    Window(ImageBase, 2 * GiB));
        }
    }

    /// <summary>Whether memory up to, but not including, physical address <paramref name="end"/> has room in the direct map.</summary>
    public bool HasRoomFor(PhysAddr end) => end.Value <= DirectMap.SizeBytes;

    /// <summary>Where the direct map shows <paramref name="address"/>, which must lie in it.</summary>
    public VirtAddr DirectAddress(PhysAddr address)
    {
        KernelAssert.That(address.Value < DirectMap.SizeBytes, "KernelLayout: the address is not in the direct map");
        return DirectMap.Start + address.Value;
    }

    private static AddressWindow Window(ulong start, ulong sizeBytes) => new(VirtAddr.FromTrusted(start), sizeBytes);
}
