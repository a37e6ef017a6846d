using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <summary>x86-64 paging with four levels: 48-bit addresses, pages of 4 KiB, 2 MiB and 1 GiB.</summary>
/// <remarks>Intel SDM vol. 3A, 4.5.4 (figure 4-8; tables 4-15 to 4-20): PML4, page-directory-pointer table, page directory, page table.</remarks>
public readonly struct X64FourLevel : IPagingFormat
{
    /// <inheritdoc/>
    public string Name => "x64-4level";

    /// <inheritdoc/>
    public int PageShift => X64Entry.PageShift;

    /// <inheritdoc/>
    public int IndexBits => X64Entry.IndexBits;

    /// <inheritdoc/>
    public int LevelCount => 4;

    /// <inheritdoc/>
    public int VirtualBits => VirtAddr.FourLevelBits;

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
    public bool IsCanonical(VirtAddr address) => address.IsCanonical(VirtAddr.FourLevelBits);

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
