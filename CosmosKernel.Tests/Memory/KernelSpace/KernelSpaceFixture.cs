using System.Runtime.InteropServices;
using MemOS.Boot;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.KernelSpace;

/// <summary>A machine with 16 MiB of RAM at 0, ACPI tables, a device, and a kernel image at 1 MiB.</summary>
public abstract unsafe class KernelSpaceFixture
{
    protected const ulong MiB = 1UL << 20;
    protected const ulong ImageBytes = 0x28_4000;

    private const int TableCount = 256;

    private byte* _mapStorage;

    protected WatchedMemory Memory { get; private set; }

    protected HostTableFrames Tables { get; private set; }

    protected MemoryMap Map { get; private set; }

    [SetUp]
    public void SetUpMachine()
    {
        // Tables come from frames that the memory map does not matter for.
        Memory = WatchedMemory.Create(FrameNumber.FromTrusted(0x400), TableCount);
        Tables = HostTableFrames.Over(Memory);
        const ulong StorageBytes = 64 * MemoryMapBuilder.BytesPerEntry;
        _mapStorage = (byte*)NativeMemory.AlignedAlloc((nuint)StorageBytes, 16);
        Map = MapOf((0, 0x9_FC00, MemoryKind.Usable), (0x9_FC00, 0x400, MemoryKind.Reserved), (0xF_0000, 0x1_0000, MemoryKind.Reserved),
            (0x10_0000, 0xEE_0000, MemoryKind.Usable), (0xFE_0000, 0x1_1800, MemoryKind.AcpiReclaimable), (0xFF_1800, 0xE800, MemoryKind.AcpiNvs),
            (0xFEC0_0000, 0x1000, MemoryKind.Reserved));
    }

    [TearDown]
    public void TearDownMachine()
    {
        Memory.Dispose();
        NativeMemory.AlignedFree(_mapStorage);
    }

    protected MemoryMap MapOf(params (ulong Start, ulong SizeBytes, MemoryKind Kind)[] entries)
    {
        MemoryMapBuilder builder = new(_mapStorage, 64 * MemoryMapBuilder.BytesPerEntry);
        foreach ((ulong start, ulong sizeBytes, MemoryKind kind) in entries)
        {
            Assert.That(builder.TryAdd(PhysAddr.FromTrusted(start), sizeBytes, kind));
        }

        return builder.Build();
    }

    protected KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> NewBuilder(LayoutPreset preset) =>
        new(Memory, Tables, KernelLayout.For(preset), 0b111);

    /// <summary>All steps; the result of the last.</summary>
    protected KernelBuildResult BuildAll(ref KernelAddressSpaceBuilder<WatchedMemory, X64FourLevel, HostTableFrames> builder)
    {
        VirtAddr image = builder.Layout.Image.Start + MiB;
        KernelBuildResult result = builder.Begin();
        if (result == KernelBuildResult.Ok) result = builder.AddImageSection(image, image + 0x20_0000, ImageSection.Code);
        if (result == KernelBuildResult.Ok) result = builder.AddImageSection(image + 0x20_0000, image + 0x24_0FFF, ImageSection.Constants);
        if (result == KernelBuildResult.Ok) result = builder.AddImageSection(image + 0x24_1000, image + ImageBytes, ImageSection.Data);
        return result == KernelBuildResult.Ok ? builder.AddMemory(Map) : result;
    }
}
