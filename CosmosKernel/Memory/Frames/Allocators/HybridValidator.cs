using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Checks what <see cref="HybridAllocator"/> promises about its two parts.</summary>
internal readonly unsafe struct HybridValidator
{
    private const string I1 = "I1: a free block of the buddies lies in a chunk of the bitmap";
    private const string I2 = "I2: the bitmap has a wholly free chunk that is not the one kept";
    private const string I3 = "I3: the buddies have a block smaller than a chunk";

    private readonly ZoneFrames _zone;
    private readonly BuddyAllocator _buddies;
    private readonly BitmapAllocator _bitmap;

    internal HybridValidator(in ZoneFrames zone, in BuddyAllocator buddies, in BitmapAllocator bitmap)
    {
        _zone = zone;
        _buddies = buddies;
        _bitmap = bitmap;
    }

    internal string? Validate(ulong thresholdFrames, uint kept)
    {
        for (uint chunk = 0; chunk < _zone.ChunkCount; chunk++)
        {
            if (!_bitmap.IsInUse(chunk)) continue;
            if (_bitmap.IsWhole(chunk) && chunk != kept) return I2;
            if (HasBuddies(chunk)) return I1;
        }

        return thresholdFrames == FrameTable.ChunkFrames && HasSmallBuddies() ? I3 : null;
    }

    /// <summary>Whether a free block begins in the chunk or reaches over it; the bitmap marks no frame as Free.</summary>
    private bool HasBuddies(uint chunk)
    {
        FrameRange frames = _bitmap.FramesOf(chunk);
        if (_bitmap.IsWhole(chunk) && _buddies.IsFree(frames.Start)) return true;
        for (FrameNumber frame = frames.Start; frame < frames.End; frame++)
        {
            if (!_zone.Table.TryFind(frame, out FrameDescriptor* descriptor)) continue;
            if (descriptor->State != FrameState.Free || descriptor->Zone != _zone.Number) continue;
            if (_bitmap.ChunkAt(frame) == chunk) return true; // Two short chunks may share a window.
        }

        return false;
    }

    private bool HasSmallBuddies()
    {
        for (int order = 0; order < FrameTable.ChunkShift; order++)
        {
            if (_buddies.FreeBlocks(Order.FromTrusted(order)) != 0) return true;
        }

        return false;
    }
}
