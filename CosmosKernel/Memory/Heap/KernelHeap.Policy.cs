using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>
/// Small blocks by another policy than slabs. It is given extents, runs of pages that the map knows like large blocks; at the start of each
/// is a bit for each 16 bytes that says whether a live block begins there. So the same mistakes are refused by the same names,
/// whatever the policy keeps beside its blocks.
/// </content>
public unsafe partial struct KernelHeap<TPages, TProcessor, TWords>
{
    private const nuint UsualExtentPages = 64;
    private const int GranuleShift = 4;
    private const nuint GranuleMask = (1 << GranuleShift) - 1;

    /// <summary>A policy and its figures; its own state follows.</summary>
    private struct PolicyState
    {
        internal HeapPolicyKind Kind;
        internal ulong Allocations;
        internal ulong RequestedBytes;
        internal ulong GrantedBytes;
        internal ulong LiveBlocks;
        internal ulong LiveBytes;
        internal nuint Extents;
        internal nuint ExtentPages;
    }

    private static void* SelfOf(PolicyState* policy) => policy + 1;

    private static nuint BitBytes(Slab* extent) => extent->ObjectSize >> (GranuleShift + 3);

    private static byte* FirstBlockByte(Slab* extent) => extent->Start + BitBytes(extent);

    private static bool IsLive(Slab* extent, byte* address)
    {
        nuint granule = (nuint)(address - extent->Start) >> GranuleShift;
        return (extent->Start[granule >> 3] >> (int)(granule & 7) & 1) != 0;
    }

    private static void SetLive(Slab* extent, byte* block, bool isLive)
    {
        nuint granule = (nuint)(block - extent->Start) >> GranuleShift;
        int bit = 1 << (int)(granule & 7);
        if (isLive) extent->Start[granule >> 3] |= (byte)bit;
        else extent->Start[granule >> 3] &= (byte)~bit;
    }

    private bool TryUsePolicy(TextSlice name)
    {
        if (name.IsEmpty || !HeapPolicies.TryFind(name, out HeapPolicyKind kind)) return true;
        nuint stateBytes = (nuint)sizeof(PolicyState) + kind.StateBytes;
        nuint pageCount = (nuint)PageNumber.CountFor(stateBytes);
        if (!_store.TryTakeTablePages(pageCount, out byte* memory)) return false;
        RawMemory.Zero(memory, pageCount << PageNumber.Shift);
        _ownPages += pageCount;
        _policy = (PolicyState*)memory;
        _policy->Kind = kind;
        SetFronts();
        return true;
    }

    private byte* AllocateByPolicy(nuint sizeBytes, nuint alignmentBytes)
    {
        void* self = SelfOf(_policy);
        nuint alignment = alignmentBytes > GranuleMask ? alignmentBytes : GranuleMask + 1;
        byte* block = _policy->Kind.Allocate(self, sizeBytes, alignment);
        if (block == null && TryAddExtent()) block = _policy->Kind.Allocate(self, sizeBytes, alignment);
        if (block == null)
        {
            _policy->Kind.Coalesce(self);
            block = _policy->Kind.Allocate(self, sizeBytes, alignment);
        }

        if (block == null) return null;
        SetLive(_store.Map.Find(block), block, isLive: true);
        nuint granted = _policy->Kind.SizeOf(self, block);
        _policy->Allocations++;
        _policy->RequestedBytes += sizeBytes;
        _policy->GrantedBytes += granted;
        _policy->LiveBlocks++;
        _policy->LiveBytes += granted;
        return block;
    }

    private void FreeByPolicy(Slab* extent, byte* block)
    {
        SetLive(extent, block, isLive: false);
        _policy->LiveBlocks--;
        _policy->LiveBytes -= _policy->Kind.SizeOf(SelfOf(_policy), block);
        _policy->Kind.Free(SelfOf(_policy), block);
    }

    private bool TryAddExtent()
    {
        for (nuint pageCount = UsualExtentPages; pageCount >= UsualExtentPages / 8; pageCount /= 2)
        {
            if (!_store.TryAddExtent(pageCount, out Slab* extent)) continue;
            byte* first = FirstBlockByte(extent);
            RawMemory.Zero(extent->Start, BitBytes(extent));
            _policy->Kind.AddExtent(SelfOf(_policy), first, extent->ObjectSize - BitBytes(extent));
            _policy->Extents++;
            _policy->ExtentPages += pageCount;
            return true;
        }

        return false;
    }

    private void RemoveEmptyExtents()
    {
        if (_policy == null) return;
        _policy->Kind.Coalesce(SelfOf(_policy));
        nuint cursor = 0;
        for (Slab* extent = _store.Map.NextSlab(ref cursor); extent != null; extent = _store.Map.NextSlab(ref cursor))
        {
            if (extent->ClassIndex != SizeClasses.ExtentIndex) continue;
            if (!_policy->Kind.TryRemoveExtent(SelfOf(_policy), FirstBlockByte(extent), extent->ObjectSize - BitBytes(extent))) continue;
            _policy->Extents--;
            _policy->ExtentPages -= extent->PageCount;
            _store.RemoveExtent(extent);
        }
    }

    /// <summary>Why <paramref name="address"/> is no live block of the layers below watching; Ok when it is one, of so many bytes.</summary>
    private readonly HeapFreeResult ExamineCore(byte* address, out Slab* slab, out nuint sizeBytes)
    {
        HeapFreeResult result = _store.Examine(address, out slab);
        sizeBytes = slab->ObjectSize;
        if (!_store.Map.IsKnown(slab) || slab->ClassIndex != SizeClasses.ExtentIndex) return result;
        sizeBytes = 0;
        if (address < FirstBlockByte(slab) || ((nuint)address & GranuleMask) != 0) return HeapFreeResult.Interior;
        if (IsLive(slab, address))
        {
            sizeBytes = _policy->Kind.SizeOf(SelfOf(_policy), address);
            return HeapFreeResult.Ok;
        }

        // In no live block: it was one, or nothing is there any more.
        return TryFindInExtent(slab, address, out _) ? HeapFreeResult.Interior : HeapFreeResult.DoubleFree;
    }

    /// <summary>The live block that an address lies in.</summary>
    private readonly bool TryFindBlockCore(byte* address, out byte* block)
    {
        bool isFound = _store.TryFindBlock(address, out block, out Slab* slab);
        return _store.Map.IsKnown(slab) && slab->ClassIndex == SizeClasses.ExtentIndex ? TryFindInExtent(slab, address, out block) : isFound;
    }

    private readonly bool TryFindInExtent(Slab* extent, byte* address, out byte* block)
    {
        block = (byte*)((nuint)address & ~GranuleMask);
        byte* first = FirstBlockByte(extent);
        while (block >= first && !IsLive(extent, block)) block -= GranuleMask + 1;
        return block >= first && (nuint)(address - block) < _policy->Kind.SizeOf(SelfOf(_policy), block);
    }

    private readonly void CountPolicy(ref HeapStatistics total)
    {
        total.LiveBlocks += _policy->LiveBlocks - _policy->Extents;
        total.LiveBytes += _policy->LiveBytes - PageNumber.BytesOf(_policy->ExtentPages);
        total.LargeBlocks -= _policy->Extents;
        total.LargePages -= _policy->ExtentPages;
        total.Slabs += _policy->Extents;
        total.SlabPages += _policy->ExtentPages;
        total.Allocations += _policy->Allocations;
        total.RequestedBytes += _policy->RequestedBytes;
        total.GrantedBytes += _policy->GrantedBytes;
    }

    private readonly bool IsPolicyConsistent()
    {
        if (_policy == null) return true;
        nuint extents = 0;
        ulong live = 0;
        nuint cursor = 0;
        for (Slab* extent = _store.Map.NextSlab(ref cursor); extent != null; extent = _store.Map.NextSlab(ref cursor))
        {
            if (extent->ClassIndex != SizeClasses.ExtentIndex) continue;
            extents++;
            if (!_policy->Kind.IsConsistent(SelfOf(_policy), FirstBlockByte(extent), extent->ObjectSize - BitBytes(extent))) return false;
            byte* end = extent->Start + extent->ObjectSize;
            for (byte* at = FirstBlockByte(extent); at < end; at += GranuleMask + 1) live += IsLive(extent, at) ? 1UL : 0UL;
        }

        return extents == _policy->Extents && live == _policy->LiveBlocks;
    }
}
