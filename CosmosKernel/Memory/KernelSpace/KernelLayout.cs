using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.KernelSpace;

/// <summary>Where the kernel's half of the address space has what.</summary>
/// <remarks>
/// A preset is data. What the described systems leave open (LLD: heap, stacks, devices; Valen: stacks) is placed where they use
/// nothing. LLD gives its direct map as 256 GiB and ends it at 4 GiB: the size is taken. Coal and MyOS are of 32-bit machines, and show
/// 896 MiB of memory in order: what lies above is shown a frame at a time, in <see cref="Temporary"/>.
/// </remarks>
public readonly struct KernelLayout
{
    private const ulong MiB = 1UL << 20;
    private const ulong GiB = 1UL << 30;
    private const ulong TiB = 1UL << 40;
    private const ulong ImageBase = 0xFFFF_FFFF_8000_0000;

    // 32-bit machines: what of memory is shown in order, and where the kernel's or the devices' part begins.
    private const ulong LowBytes = 896 * MiB;
    private const ulong UpperGiB = 3 * GiB;

    // Windows of a kernel at its physical addresses: together, so that they find room, each a multiple of what a page of either format can cover.
    private const ulong IdentityHeap = 512 * MiB;
    private const ulong IdentityDevices = 128 * MiB;
    private const ulong IdentityStacks = 64 * MiB;
    private const ulong IdentityTemporary = 4 * MiB;
    private const ulong IdentityWindows = IdentityHeap + IdentityDevices + IdentityStacks + IdentityTemporary;
    private const ulong IdentityStep = 4 * MiB;

    private KernelLayout(
        LayoutPreset preset, AddressWindow directMap, AddressWindow heap, AddressWindow stacks, AddressWindow devices, AddressWindow image,
        AddressWindow temporary = default)
    {
        Preset = preset;
        DirectMap = directMap;
        Heap = heap;
        Stacks = stacks;
        Devices = devices;
        Image = image;
        Temporary = temporary;
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
                case LayoutPreset.Coal: return "coal";
                case LayoutPreset.MyOs: return "myos";
                case LayoutPreset.Identity: return "identity";
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

    /// <summary>Where frames outside the direct map are shown one at a time; empty where it shows all there can be.</summary>
    public AddressWindow Temporary { get; }

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
            case LayoutPreset.Coal:
            case LayoutPreset.MyOs:
                // Coal: code and data from 0xC0000000 on, devices 0xFD…, stacks 0xFE…, heap 0xFF… up to the recursive directory at 0xFFC00000.
                return new KernelLayout(
                    preset,
                    Window(UpperGiB, LowBytes),
                    Window(0xFF00_0000, 12 * MiB),
                    Window(0xFE00_0000, 16 * MiB),
                    Window(0xFD00_0000, 16 * MiB),
                    Window(UpperGiB, LowBytes),
                    Window(UpperGiB + LowBytes, IdentityTemporary));
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

    /// <summary>The layout of a 64-bit kernel that is booted with <paramref name="preset"/>: VeridianOS's where that is of a 32-bit machine.</summary>
    public static KernelLayout ForLongMode(LayoutPreset preset)
    {
        if (preset != LayoutPreset.MyOs) return For(preset);
        KernelLayout layout = For(LayoutPreset.Veridian);
        return new KernelLayout(preset, layout.DirectMap, layout.Heap, layout.Stacks, layout.Devices, layout.Image);
    }

    /// <summary>The layout of a 32-bit kernel that runs at its physical addresses, on a machine with this <paramref name="map"/>.</summary>
    /// <remarks>
    /// The lowest 896 MiB are as they are, and so is all above 3 GiB, where devices are, and what else <paramref name="map"/> says is no RAM.
    /// Between them lie the other windows, lowest first: the same for all machines but those whose firmware keeps something there.
    /// </remarks>
    /// <returns>False when there is no room for them.</returns>
    public static bool TryIdentity(in MemoryMap map, out KernelLayout layout)
    {
        for (ulong start = LowBytes; start + IdentityWindows <= UpperGiB; start += IdentityStep)
        {
            if (IsTaken(in map, start)) continue;
            ulong temporary = start;
            ulong stacks = temporary + IdentityTemporary;
            ulong devices = stacks + IdentityStacks;
            layout = new KernelLayout(
                LayoutPreset.Identity,
                Window(0, LowBytes),
                Window(devices + IdentityDevices, IdentityHeap),
                Window(stacks, IdentityStacks),
                Window(devices, IdentityDevices),
                Window(0, LowBytes),
                Window(temporary, IdentityTemporary));
            return true;
        }

        layout = default;
        return false;
    }

    /// <summary>Whether memory up to, but not including, physical address <paramref name="end"/> has room in the direct map.</summary>
    public bool HasRoomFor(PhysAddr end) => end.Value <= DirectMap.SizeBytes;

    /// <summary>Where the direct map shows <paramref name="address"/>, which must lie in it.</summary>
    public VirtAddr DirectAddress(PhysAddr address)
    {
        KernelAssert.That(address.Value < DirectMap.SizeBytes, "KernelLayout: the address is not in the direct map");
        return DirectMap.Start + address.Value;
    }

    // Whether the firmware has something where the windows would begin at this address.
    private static bool IsTaken(in MemoryMap map, ulong start)
    {
        int position = 0;
        while (map.TryNext(ref position, out MemoryRange range))
        {
            if (range.Kind != MemoryKind.Usable && range.Start.Value < start + IdentityWindows && range.Start.Value + range.SizeBytes > start) return true;
        }

        return false;
    }

    private static AddressWindow Window(ulong start, ulong sizeBytes) => new(VirtAddr.FromTrusted(start), sizeBytes);
}
