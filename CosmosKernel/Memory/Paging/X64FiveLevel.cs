using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>x86-64 paging with five levels: 57-bit addresses, pages of 4 KiB, 2 MiB and 1 GiB.</summary>
/// <remarks>Intel SDM vol. 3A, 4.5.4 (tables 4-14 to 4-20): a PML5 above the four levels, with CR4.LA57 set.</remarks>
public readonly struct X64FiveLevel : IPagingFormat
{
    /// <inheritdoc/>
    public string Name => "x64-5level";

    /// <inheritdoc/>
    public int PageShift => X64Entry.PageShift;

    /// <inheritdoc/>
    public int IndexBits => X64Entry.IndexBits;

    /// <inheritdoc/>
    public int LevelCount => 5;

    /// <inheritdoc/>
    public int VirtualBits => VirtAddr.FiveLevelBits;

    /// <inheritdoc/>
    public int PhysicalBits => PhysAddr.MaxBits;

    /// <inheritdoc/>
    public int LeafLevels => X64Entry.LeafLevels;

    /// <inheritdoc/>
    public int TableCountShift => X64Entry.TableCountShift;

    /// <summary>False: what is not present is not cached (Intel SDM vol. 3A, 4.10.2.3).</summary>
    public bool RemembersAbsence => false;

    /// <inheritdoc/>
    public ulong AllRights => X64Entry.AllRights;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsCanonical(VirtAddr address) => address.IsCanonical(VirtAddr.FiveLevelBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsPresent(ulong entry) => (entry & X64Entry.Present) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLeaf(ulong entry, int level) => X64Entry.IsLeaf(entry, level);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsGlobal(ulong entry) => (entry & X64Entry.Global) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableMask(PageFlags pageFlags) => X64Entry.TableMask(pageFlags);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TableBits(PageFlags pageFlags) => X64Entry.TableBits(pageFlags);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr TableAddress(ulong entry) => X64Entry.TableAddress(entry);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysAddr PageAddress(ulong entry, int level) => X64Entry.PageAddress(entry, level);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EncodePage(PhysAddr page, PageFlags flags, int level) => X64Entry.EncodePage(page, flags, level);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NarrowRights(ulong rights, ulong entry) => X64Entry.NarrowRights(rights, entry);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageFlags DecodePage(ulong entry, int level, ulong rights) => X64Entry.DecodePage(entry, level, rights);

    /// <inheritdoc/>
    public ulong ReservedBits(ulong entry, int level, int physicalBits) => X64Entry.ReservedBits(entry, level, physicalBits);
}
