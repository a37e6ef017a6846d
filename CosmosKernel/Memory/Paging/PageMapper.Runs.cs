using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Memory.Paging;

/// <content>Work on entries of one table that lie in a row.</content>
public partial struct PageMapper<TMemory, TFormat, TFrames>
{
    private readonly void FillRun(PhysAddr slot, int count, PhysAddr target, PageFlags flags, int level)
    {
        ulong evenMask = (1UL << _entries.Format.EvenAddressBits) - 1;
        int shift = _entries.ShiftOf(level);
        while (count != 0)
        {
            ulong evenPages = ((evenMask - (target.Value & evenMask)) >> shift) + 1;
            int part = evenPages < (ulong)(uint)count ? (int)evenPages : count;
            FillEvenly(slot, part, target, flags, level);
            slot = _entries.SlotAt(slot, part);
            target = PhysAddr.FromTrusted(target.Value + ((ulong)(uint)part << shift));
            count -= part;
        }
    }

    // The entries of neighbours differ by a constant.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void FillEvenly(PhysAddr slot, int count, PhysAddr target, PageFlags flags, int level)
    {
        ulong entry = _entries.Format.EncodePage(target, flags, level);
        ulong next = _entries.Format.EncodePage(PhysAddr.FromTrusted(target.Value + _entries.SizeOf(level)), flags, level);
        ulong step = unchecked(next - entry);
        if (_entries.HasWords)
        {
            _entries.Memory.WriteWords(slot, count, entry, step);
            return;
        }

        for (; count > 0; count--)
        {
            _entries.Write(slot, entry);
            slot = _entries.SlotAt(slot, 1);
            entry += step;
        }
    }

    // Whose translations have to be forgotten.
    private readonly FlushScope ClearRun(PhysAddr slot, int count)
    {
        FlushScope scope = FlushScope.AddressSpace;
        for (int index = 0; index < count; index++)
        {
            PhysAddr at = _entries.SlotAt(slot, index);
            scope |= ScopeOf(_entries.Read(at));
            _entries.Write(at, 0);
        }

        return scope;
    }

    private readonly FlushScope RewriteRun(PhysAddr slot, int count, int level, PageFlags flags)
    {
        FlushScope scope = FlushScope.AddressSpace;
        for (int index = 0; index < count; index++)
        {
            PhysAddr at = _entries.SlotAt(slot, index);
            ulong entry = _entries.Read(at);
            scope |= ScopeOf(entry);
            Rewrite(at, entry, level, flags);
        }

        return scope;
    }

    // What the processor has noted stays.
    private readonly void Rewrite(PhysAddr slot, ulong entry, int level, PageFlags flags)
    {
        PageFlags noted = _entries.Format.DecodePage(entry, level, _entries.Format.AllRights) & Noted;
        PhysAddr page = _entries.Format.PageAddress(entry, level);
        _entries.Write(slot, _entries.Format.EncodePage(page, (flags & ~Noted) | noted, level));
    }
}
