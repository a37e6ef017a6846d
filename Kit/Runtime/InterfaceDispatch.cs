using System.Runtime;
using System.Runtime.InteropServices;
using Cosmos.Core;
using Cosmos.Core.Memory;

namespace Kit.Runtime;

/// <summary>A resolved interface call: immutable once its bucket points at it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DispatchEntry
{
    public DispatchCell* Cell;
    public MethodTable* Type;
    public void* Target;
    public DispatchEntry* Next;
}

/// <summary>A call site's cell: the stub to jump to, and the interface (self-described by the low bits).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DispatchCell
{
    public nint Stub;
    public nint Cache;
}

/// <summary>CoreLib's description of a cell (System.Runtime.DispatchCellInfo).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DispatchCellInfo
{
    public int CellType;
    public MethodTable* InterfaceType;
    public ushort InterfaceSlot;
    public byte HasCache;
    public uint MetadataToken;
    public uint VTableOffset;
}

/// <summary>Fills the table that Native/dispatch.asm reads.</summary>
internal static unsafe class InterfaceDispatch
{
    private const int BucketCount = 1024;
    private const int InterfaceAndSlot = 0;

    private const nint CacheKindMask = 3;
    private const nint CacheIsPointer = 1;
    private const nint CacheIsSelfRelativeIndirection = 2;
    private const nint CacheIsSelfRelative = 3;

    // Cells of a run share the word after the last of them, whose stub is 0: slot in the low half, kind above it.
    [RuntimeExport("RhpGetDispatchCellInfo")]
    private static void GetDispatchCellInfo(DispatchCell* cell, DispatchCellInfo* info)
    {
        *info = default;
        DispatchCell* end = cell;
        while (end->Stub != 0)
            end++;
        info->CellType = (int)(end->Cache >> 16);
        info->InterfaceSlot = (ushort)end->Cache;
        if (info->CellType != InterfaceAndSlot)
        {
            info->VTableOffset = info->InterfaceSlot;
            return;
        }

        nint kind = cell->Cache & CacheKindMask;
        if (kind == CacheIsSelfRelative || kind == CacheIsSelfRelativeIndirection)
        {
            byte* address = (byte*)&cell->Cache + (int)(cell->Cache & ~CacheKindMask);
            info->InterfaceType = kind == CacheIsSelfRelative ? (MethodTable*)address : *(MethodTable**)address;
        }
        else
        {
            info->InterfaceType = (MethodTable*)(cell->Cache & ~CacheKindMask);
        }
    }

    [RuntimeExport("RhpSearchDispatchCellCache")]
    private static void* SearchDispatchCellCache(DispatchCell* cell, MethodTable* type)
    {
        for (DispatchEntry* entry = *Bucket(cell, type); entry != null; entry = entry->Next)
        {
            if (entry->Cell == cell && entry->Type == type)
                return entry->Target;
        }

        return null;
    }

    [RuntimeExport("RhpUpdateDispatchCellCache")]
    private static void* UpdateDispatchCellCache(DispatchCell* cell, void* target, MethodTable* type, DispatchCellInfo* info)
    {
        // An interrupt handler may have come between the halves of an allocation: with interrupts masked nothing is
        // allocated, and the next call resolves again.
        if (!CPU.DisableInterrupts())
            return target;
        DispatchEntry* entry = (DispatchEntry*)Heap.Alloc((uint)sizeof(DispatchEntry));
        CPU.EnableInterrupts();
        if (entry == null)
            return target;
        DispatchEntry** bucket = Bucket(cell, type);
        entry->Cell = cell;
        entry->Type = type;
        entry->Target = target;
        nint first;
        do
        {
            first = System.Threading.Volatile.Read(ref *(nint*)bucket);
            entry->Next = (DispatchEntry*)first;
        }
        while (System.Threading.Interlocked.CompareExchange(ref *(nint*)bucket, (nint)entry, first) != first);
        return target;
    }

    // Two cells: the one to call through and the one that ends the run.
    [RuntimeExport("RhNewInterfaceDispatchCell")]
    private static DispatchCell* NewInterfaceDispatchCell(MethodTable* interfaceType, int slot)
    {
        DispatchCell* cell = (DispatchCell*)Heap.Alloc((uint)(2 * sizeof(DispatchCell)));
        if (cell == null)
            return null;
        cell[0].Stub = (nint)CodeTargets.Get()->InterfaceDispatch;
        cell[0].Cache = (nint)interfaceType | CacheIsPointer;
        cell[1].Stub = 0;
        cell[1].Cache = slot;
        return cell;
    }

    private static DispatchEntry** Bucket(DispatchCell* cell, MethodTable* type)
    {
        nuint hash = (((nuint)cell >> 4) ^ (nuint)type) >> 3;
        return CodeTargets.Get()->DispatchBuckets + (hash & (BucketCount - 1));
    }
}
