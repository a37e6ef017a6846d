using MemOS.Boot;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using MemOS.Tests.Mmu;
using NUnit.Framework;

namespace MemOS.Tests.Memory.KernelSpace;

/// <summary>Address spaces of 32-bit machines: their layouts, what is mapped, and frames up to the limits of their formats.</summary>
[TestFixture(typeof(X86TwoLevel), 4UL)]
[TestFixture(typeof(X86Pae), 64UL)]
public sealed class NarrowMachineTests<TFormat>(ulong reachGiB)
    where TFormat : struct, IPagingFormat
{
    private const ulong MiB = 1UL << 20;
    private const ulong GiB = 1UL << 30;

    [TestCase(LayoutPreset.Coal, "coal")]
    [TestCase(LayoutPreset.MyOs, "myos")]
    public void The_kernel_of_Coal_and_MyOS_lies_above_3_GiB(LayoutPreset preset, string name)
    {
        KernelLayout layout = KernelLayout.For(preset);
        Assert.That(layout.Name, Is.EqualTo(name));
        Assert.That(layout.DirectMap.Start.Value, Is.EqualTo(3 * GiB));
        Assert.That(layout.DirectMap.SizeBytes, Is.EqualTo(896 * MiB));
        Assert.That(layout.Temporary.Start.Value, Is.EqualTo(layout.DirectMap.Start.Value + layout.DirectMap.SizeBytes));
        Assert.That(layout.Devices.Start.Value, Is.EqualTo(0xFD00_0000));
        Assert.That(layout.Stacks.Start.Value, Is.EqualTo(0xFE00_0000));
        Assert.That(layout.Heap.Start.Value, Is.EqualTo(0xFF00_0000));
        Assert.That(layout.Heap.Start.Value + layout.Heap.SizeBytes, Is.EqualTo(0xFFC0_0000), "where the recursive directory begins");
    }

    [TestCase(1000, 0)]
    [TestCase(1536, 0)]
    [TestCase(2047, 1)]
    [TestCase(3071, 1)]
    public void The_windows_keep_clear_of_the_firmware(int atMiB, int kind)
    {
        using FirmwareMap firmware = new();
        ulong start = (ulong)atMiB * MiB;
        MemoryMap map = firmware.Add(0, start, MemoryKind.Usable).Add(start, MiB, kind == 0 ? MemoryKind.AcpiReclaimable : MemoryKind.Reserved).Build();
        Assert.That(KernelLayout.TryIdentity(in map, out KernelLayout layout));
        foreach (AddressWindow window in new[] { layout.Heap, layout.Stacks, layout.Devices, layout.Temporary })
        {
            Assert.That(window.Start.Value, Is.GreaterThanOrEqualTo(896 * MiB));
            Assert.That(window.Start.Value + window.SizeBytes, Is.LessThanOrEqualTo(3 * GiB));
            Assert.That(window.Start.Value + window.SizeBytes <= start || window.Start.Value >= start + MiB, "apart from the firmware's");
        }
    }

    [Test]
    public void Firmware_all_over_leaves_no_room()
    {
        using FirmwareMap firmware = new();
        for (ulong at = 512; at < 3072; at += 512) firmware.Add(at * MiB, MiB, MemoryKind.Reserved);
        MemoryMap map = firmware.Build();
        Assert.That(KernelLayout.TryIdentity(in map, out _), Is.False);
    }

    [Test]
    public void What_lies_low_is_mapped_to_itself_and_frames_up_to_the_limit_are_shown()
    {
        FrameRange tables = new(PhysAddr.FromTrusted(16 * MiB).ContainingFrame, 512);
        using HostMemory memory = HostMemory.Create(tables.Start, tables.Count);
        using FirmwareMap firmware = new();
        MemoryMap map = firmware.Add(0, 640 * 1024, MemoryKind.Usable).Add(MiB, (3 * GiB) - MiB, MemoryKind.Usable)
            .Add(0xFFFC_0000, 0x4_0000, MemoryKind.Reserved).Add(4 * GiB, 60 * GiB, MemoryKind.Usable).Build();
        Assert.That(KernelLayout.TryIdentity(in map, out KernelLayout layout));
        FrameRange image = FrameRange.Covering(PhysAddr.FromTrusted(32 * MiB), 8 * MiB);
        Assert.That(
            IdentityMapBuilder<HostMemory, TFormat, LowTables>.Build(memory, new LowTables(memory, tables, FrameNumber.Shift), layout, in map, image, out var mapper),
            Is.EqualTo(KernelBuildResult.Ok));
        Assert.That(TemporaryWindow<HostMemory, TFormat>.TryCreate(memory, ref mapper, layout.Temporary.Start, out var window));

        Assert.That(Resolve(mapper, 0), Is.Null, "null");
        foreach (ulong address in new ulong[] { 0x1000UL, 0xB_8000, MiB, 33 * MiB, (896 * MiB) - 1, 3 * GiB, 0xFEE0_0000UL, (4 * GiB) - 1 })
            Assert.That(Resolve(mapper, address), Is.EqualTo(address), $"0x{address:x}");
        Assert.That(Resolve(mapper, 896 * MiB), Is.Null);
        Assert.That(Resolve(mapper, (3 * GiB) - 1), Is.Null, "memory that is shown only when asked for");

        ulong last = (reachGiB * GiB) - 8;
        foreach (ulong address in new ulong[] { 896 * MiB, GiB + 0x1238, last })
        {
            Assert.That(window.Show(PhysAddr.FromTrusted(address), out VirtAddr place).PageCount, Is.EqualTo(1));
            Assert.That(Resolve(mapper, place.Value), Is.EqualTo(address), $"0x{address:x}");
            Assert.That(window.Show(PhysAddr.FromTrusted(address), out VirtAddr again).IsNone && again == place, "a frame keeps its page");
        }

        // As many others again: the first page is used for another frame.
        _ = window.Show(PhysAddr.FromTrusted(last), out VirtAddr before);
        for (ulong i = 0; i < 8; i++) Assert.That(window.Show(PhysAddr.FromTrusted(2 * GiB + (i * 4096)), out _).IsNone, Is.False);
        Assert.That(Resolve(mapper, before.Value), Is.Not.EqualTo(last));
    }

    private static ulong? Resolve<TTables>(in PageMapper<HostMemory, TFormat, TTables> mapper, ulong address)
        where TTables : struct, ITableFrameSource =>
        mapper.Resolve(VirtAddr.FromTrusted(address), out PhysAddr target) == PagingResult.Ok ? target.Value : null;
}
