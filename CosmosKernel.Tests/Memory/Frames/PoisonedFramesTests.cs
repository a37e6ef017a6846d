using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

[TestFixture]
public sealed unsafe class PoisonedFramesTests : FrameAllocatorContract<PoisonedFrames<FrameAllocator<BuddyAllocator>, PoisonedFramesTests.Ram>>
{
    protected override PoisonedFrames<FrameAllocator<BuddyAllocator>, Ram> Create(FirmwareMap firmware, MemoryMap map)
    {
        int position = 0;
        map.TryNextUsable(ref position, out FrameRange first);
        FrameRange frames = FrameRange.FromBounds(first.Start, map.UsableEnd);
        FrameAllocator<BuddyAllocator> allocator = HostZone.NewAllocator<BuddyAllocator>(firmware, map);
        return new PoisonedFrames<FrameAllocator<BuddyAllocator>, Ram>(in allocator, new Ram(firmware.NewStorage(frames.SizeBytes).Bytes, first.Start.Start));
    }

    [Test]
    public void A_write_after_free_is_found_when_the_frame_is_handed_out([Values(0, 8, 4088)] int offset)
    {
        using FirmwareMap firmware = FirmwareMap.Of((16, 16));
        PoisonedFrames<FrameAllocator<BuddyAllocator>, Ram> frames = Create(firmware, firmware.Build());
        Ram ram = frames.Memory;
        frames.TryAdopt(new FrameRange(FrameNumber.FromTrusted(16), 16));
        Assert.That(frames.TryAllocate(Order.FromTrusted(2), out FrameNumber block), Is.True);
        PhysAddr written = (block + 3).Start + (ulong)offset;
        ram.WriteWord(written, 1);
        Assert.That(frames.Free(block, Order.FromTrusted(2)), Is.EqualTo(FreeResult.Ok));
        Assert.That(ram.ReadWord(written), Is.EqualTo(PoisonedFrames<FrameAllocator<BuddyAllocator>, Ram>.Pattern));
        Assert.That(frames.LateWrites, Is.Zero, "writes before the free are nobody's business");

        ram.WriteWord(written, 1);
        Assert.That(frames.TryAllocateRun(16, Order.Zero, FrameNumber.FromTrusted(32), out _), Is.True);
        Assert.That(frames.LateWrites, Is.EqualTo(1));
        Assert.That(frames.LastLateWrite, Is.EqualTo(written));
    }

    [Test]
    public void A_refused_free_leaves_the_content()
    {
        using FirmwareMap firmware = FirmwareMap.Of((16, 16));
        PoisonedFrames<FrameAllocator<BuddyAllocator>, Ram> frames = Create(firmware, firmware.Build());
        frames.TryAdopt(new FrameRange(FrameNumber.FromTrusted(16), 16));
        frames.TryAllocate(Order.FromTrusted(2), out FrameNumber block);
        frames.Memory.WriteWord(block.Start, 7);
        Assert.That(frames.Free(block, Order.Zero), Is.EqualTo(FreeResult.WrongOrder));
        Assert.That(frames.FreeRun(new FrameRange(block, 5)), Is.EqualTo(FreeResult.OverFree));
        Assert.That(frames.Memory.ReadWord(block.Start), Is.EqualTo(7));
    }

    /// <summary>The RAM of a map from its first frame on.</summary>
    public readonly struct Ram(byte* bytes, PhysAddr start) : IPhysicalMemory
    {
        public ulong ReadWord(PhysAddr address) => *(ulong*)Pointer(address);

        public void WriteWord(PhysAddr address, ulong value) => *(ulong*)Pointer(address) = value;

        public void WriteWords(PhysAddr start, int count, ulong first, ulong step) => WordRow.Write(this, start, count, first, step);

        public uint ReadHalfWord(PhysAddr address) => *(uint*)Pointer(address);

        public void WriteHalfWord(PhysAddr address, uint value) => *(uint*)Pointer(address) = value;

        public void ZeroFrame(FrameNumber frame) => FrameBytes.Clear(Pointer(frame.Start));

        public byte* Pointer(PhysAddr address) => bytes + (address - start);
    }
}
