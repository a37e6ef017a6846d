using MemOS.Boot;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.KernelSpace;

[TestFixture]
public sealed class KernelAddressSpaceBuilderTests : KernelSpaceFixture
{
    [Test]
    public void Veridian_has_the_image_by_section_and_all_memory_and_nothing_else()
    {
        KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder = NewBuilder(LayoutPreset.Veridian);
        Assert.That(BuildAll(ref builder), Is.EqualTo(KernelBuildResult.Ok));
        Assert.That(builder.Mapper.Validate(), Is.EqualTo(PagingInvariant.None));
        RunRecorder seen = new([]);
        builder.Mapper.Walker.VisitMappings(ref seen);
        Assert.That(seen.Lines, Is.EqualTo(new[]
        {
            "V:0xffff800000000000 P:0x0 159x12 Present, Writable, Global",
            "V:0xffff800000100000 P:0x100000 577x12 Present, Global",
            "V:0xffff800000341000 P:0x341000 191x12 Present, Writable, Global",
            "V:0xffff800000400000 P:0x400000 6x21 Present, Writable, Global",
            "V:0xffffffff80100000 P:0x100000 512x12 Present, Global, Executable",
            "V:0xffffffff80300000 P:0x300000 65x12 Present, Global",
            "V:0xffffffff80341000 P:0x341000 67x12 Present, Writable, Global",
        }));
    }

    [Test]
    public void Valen_has_the_image_once_inside_its_direct_map()
    {
        KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder = NewBuilder(LayoutPreset.Valen);
        Assert.That(BuildAll(ref builder), Is.EqualTo(KernelBuildResult.Ok));
        RunRecorder seen = new([]);
        builder.Mapper.Walker.VisitMappings(ref seen);
        Assert.That(seen.Lines, Is.EqualTo(new[]
        {
            "V:0xffffffff80000000 P:0x0 159x12 Present, Writable, Global",
            "V:0xffffffff80100000 P:0x100000 512x12 Present, Global, Executable",
            "V:0xffffffff80300000 P:0x300000 65x12 Present, Global",
            "V:0xffffffff80341000 P:0x341000 191x12 Present, Writable, Global",
            "V:0xffffffff80400000 P:0x400000 6x21 Present, Writable, Global",
        }));
    }

    [TestCase(LayoutPreset.Veridian)]
    [TestCase(LayoutPreset.Lld)]
    [TestCase(LayoutPreset.Valen)]
    public void No_address_writes_what_another_executes(LayoutPreset preset)
    {
        KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder = NewBuilder(preset);
        BuildAll(ref builder);
        AliasChecker checker = default;
        builder.Mapper.Walker.VisitMappings(ref checker);
        Assert.That(checker.ExecutableBytes, Is.EqualTo(0x20_0000));
        Assert.That(checker.WritableCodeBytes, Is.Zero);
    }

    [Test]
    public void Every_window_has_its_table_under_the_root()
    {
        KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder = NewBuilder(LayoutPreset.Veridian);
        builder.Begin();
        KernelLayout layout = builder.Layout;
        foreach (AddressWindow window in new[] { layout.DirectMap, layout.Heap, layout.Stacks, layout.Devices, layout.Image })
        {
            ulong entry = Memory.ReadWord(builder.Mapper.Root + ((window.Start.Value >> 39 & 511) * sizeof(ulong)));
            Assert.That(entry & 1, Is.EqualTo(1));
        }
    }

    [Test]
    public void A_layout_too_small_for_the_memory_is_refused_before_anything_is_mapped()
    {
        KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder = NewBuilder(LayoutPreset.Valen);
        builder.Begin();
        MemoryMap large = MapOf((0, 768 * MiB, MemoryKind.Usable), (768 * MiB, 0x100, MemoryKind.AcpiReclaimable));
        Assert.That(builder.AddMemory(large), Is.EqualTo(KernelBuildResult.LayoutTooSmall));
        MemoryMap device = MapOf((0, 768 * MiB, MemoryKind.Usable), (0xFD_0000_0000, 0x3_0000_0000, MemoryKind.Reserved));
        Assert.That(builder.AddMemory(device), Is.EqualTo(KernelBuildResult.Ok));
    }

    [Test]
    public void Sections_that_do_not_fit_together_are_refused()
    {
        KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder = NewBuilder(LayoutPreset.Veridian);
        builder.Begin();
        VirtAddr image = builder.Layout.Image.Start + MiB;
        Assert.That(builder.AddImageSection(image + 8, image + 4096, ImageSection.Code), Is.EqualTo(KernelBuildResult.SectionMisplaced));
        Assert.That(builder.AddImageSection(VirtAddr.FromTrusted(MiB), VirtAddr.FromTrusted(2 * MiB), ImageSection.Code), Is.EqualTo(KernelBuildResult.SectionMisplaced));
        Assert.That(builder.AddImageSection(image, image + 4096, ImageSection.Code), Is.EqualTo(KernelBuildResult.Ok));
        Assert.That(builder.AddImageSection(image + 8192, image + 12288, ImageSection.Data), Is.EqualTo(KernelBuildResult.SectionMisplaced));
        Assert.That(builder.AddImageSection(image + 4096, image + 8192, ImageSection.Data), Is.EqualTo(KernelBuildResult.Ok));
        Assert.That(builder.AddImageSection(image + 8192, image + 12288, ImageSection.Constants), Is.EqualTo(KernelBuildResult.SectionMisplaced));
    }

    [Test]
    public void A_guard_in_the_image_is_not_mapped()
    {
        KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder = NewBuilder(LayoutPreset.Veridian);
        BuildAll(ref builder);
        VirtAddr guard = builder.Layout.Image.Start + (MiB + 0x25_0000);
        Assert.That(builder.AddImageGuard(guard), Is.EqualTo(KernelBuildResult.Ok));
        Assert.That(builder.AddImageGuard(guard), Is.EqualTo(KernelBuildResult.SectionMisplaced));
        Assert.That(builder.Mapper.Translate(guard, out _), Is.EqualTo(PagingResult.NotMapped));
        Assert.That(builder.Mapper.Translate(guard + 4096, out _), Is.EqualTo(PagingResult.Ok));
    }

    [Test]
    public void Running_out_of_tables_is_said_wherever_it_happens()
    {
        int failures = 0;
        for (; ; failures++)
        {
            HostTableFrames tables = HostTableFrames.Over(Memory);
            tables.FailAfter(failures);
            KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder =
                new(Memory, tables, KernelLayout.For(LayoutPreset.Veridian), 0b111);
            KernelBuildResult result = BuildAll(ref builder);
            if (result == KernelBuildResult.Ok) break;
            Assert.That(result, Is.EqualTo(KernelBuildResult.OutOfTables));
            if (failures > 0) Assert.That(builder.Mapper.Validate(), Is.EqualTo(PagingInvariant.None));
        }

        Assert.That(failures, Is.GreaterThan(8));
    }

    private struct AliasChecker : IMappingVisitor
    {
        public ulong ExecutableBytes;
        public ulong WritableCodeBytes;

        public bool Visit(in MappedRun run)
        {
            const ulong CodeStart = 0x10_0000;
            const ulong CodeEnd = 0x30_0000;
            ulong start = System.Math.Max(run.Target.Value, CodeStart);
            ulong end = System.Math.Min(run.Target.Value + run.SizeBytes, CodeEnd);
            if ((run.Flags & PageFlags.Executable) != 0) ExecutableBytes += run.SizeBytes;
            if ((run.Flags & PageFlags.Writable) != 0 && start < end) WritableCodeBytes += end - start;
            return true;
        }
    }
}
