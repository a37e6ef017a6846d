using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>A zone over all RAM of a firmware's map; everything in it is reserved.</summary>
public static unsafe class HostZone
{
    public static FrameAllocator<TBlocks> NewAllocator<TBlocks>(FirmwareMap firmware)
        where TBlocks : unmanaged, IBlockAllocator
        => NewAllocator<TBlocks>(firmware, firmware.Build());

    public static FrameAllocator<TBlocks> NewAllocator<TBlocks>(FirmwareMap firmware, MemoryMap map)
        where TBlocks : unmanaged, IBlockAllocator
    {
        ZoneFrames zone = New(firmware, map);
        return new FrameAllocator<TBlocks>(in zone, firmware.NewStorage(FrameAllocator<TBlocks>.MetadataBytes(zone.ChunkCount)).Bytes);
    }

    public static ZoneFrames New(FirmwareMap firmware, MemoryMap map)
    {
        FrameTable table = firmware.NewTable(map);
        int position = 0;
        KernelAssert.That(map.TryNextUsable(ref position, out FrameRange first), "a zone without RAM");
        return new ZoneFrames(in table, 0, FrameRange.FromBounds(first.Start, map.UsableEnd));
    }
}
