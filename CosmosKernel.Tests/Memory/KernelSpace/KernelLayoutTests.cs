using System.Linq;
using MemOS.Boot;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.KernelSpace;

[TestFixture]
public sealed class KernelLayoutTests
{
    private const ulong MiB = 1UL << 20;
    private const ulong GiB = 1UL << 30;

    [TestCase(LayoutPreset.Veridian, "veridian")]
    [TestCase(LayoutPreset.Lld, "lld")]
    [TestCase(LayoutPreset.Valen, "valen")]
    public void The_windows_are_in_the_upper_half_whole_pages_and_apart(LayoutPreset preset, string name)
    {
        KernelLayout layout = KernelLayout.For(preset);
        Assert.That(layout.Name, Is.EqualTo(name));
        AddressWindow[] windows = [layout.DirectMap, layout.Heap, layout.Stacks, layout.Devices, layout.Image];
        foreach (AddressWindow window in windows)
        {
            Assert.That(window.Start.IsCanonical(48) && window.Start.IsUpperHalf);
            Assert.That(window.Start.IsPageAligned && window.SizeBytes % PageNumber.SizeBytes == 0);
            Assert.That(window.Start.Value + (window.SizeBytes - 1), Is.GreaterThan(window.Start.Value), "no wrap");
        }

        AddressWindow[] apart = layout.ImageIsInDirectMap ? windows[..4] : windows;
        AddressWindow[] sorted = [.. apart.OrderBy(window => window.Start.Value)];
        for (int index = 1; index < sorted.Length; index++)
        {
            Assert.That(sorted[index].Start - sorted[index - 1].Start, Is.GreaterThanOrEqualTo(sorted[index - 1].SizeBytes));
        }
    }

    // The addresses that the described systems give.
    [TestCase(LayoutPreset.Veridian, 0xFFFF_8000_0000_0000UL, 0xFFFF_C000_0000_0000UL, 0xFFFF_E000_0000_0000UL, 0xFFFF_F000_0000_0000UL)]
    [TestCase(LayoutPreset.Lld, 0xFFFF_8000_0000_0000UL, 0xFFFF_C000_0000_0000UL, 0xFFFF_E000_0000_0000UL, 0xFFFF_F000_0000_0000UL)]
    [TestCase(LayoutPreset.Valen, 0xFFFF_FFFF_8000_0000UL, 0xFFFF_FFFF_B000_0000UL, 0xFFFF_FFFF_FF00_0000UL, 0xFFFF_FFFF_C000_0000UL)]
    public void The_windows_start_where_the_preset_says(LayoutPreset preset, ulong directMap, ulong heap, ulong stacks, ulong devices)
    {
        KernelLayout layout = KernelLayout.For(preset);
        Assert.That(layout.DirectMap.Start.Value, Is.EqualTo(directMap));
        Assert.That(layout.Heap.Start.Value, Is.EqualTo(heap));
        Assert.That(layout.Stacks.Start.Value, Is.EqualTo(stacks));
        Assert.That(layout.Devices.Start.Value, Is.EqualTo(devices));
        Assert.That(layout.Image.Start.Value, Is.EqualTo(0xFFFF_FFFF_8000_0000UL));
    }

    [TestCase(LayoutPreset.Veridian, 16 * 1024 * GiB)]
    [TestCase(LayoutPreset.Lld, 256 * GiB)]
    [TestCase(LayoutPreset.Valen, 768 * MiB)]
    public void A_layout_has_room_for_as_much_memory_as_its_direct_map(LayoutPreset preset, ulong sizeBytes)
    {
        KernelLayout layout = KernelLayout.For(preset);
        Assert.That(layout.HasRoomFor(PhysAddr.FromTrusted(sizeBytes)));
        Assert.That(layout.HasRoomFor(PhysAddr.FromTrusted(sizeBytes + 1)), Is.False);
        Assert.That(layout.DirectAddress(PhysAddr.FromTrusted(sizeBytes - 1)), Is.EqualTo(layout.DirectMap.Start + (sizeBytes - 1)));
        Assert.That(() => layout.DirectAddress(PhysAddr.FromTrusted(sizeBytes)), Throws.InstanceOf<KernelAssertException>());
    }
}
