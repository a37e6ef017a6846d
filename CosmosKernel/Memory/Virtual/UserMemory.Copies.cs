using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <content>The kernel's own access to a process's bytes, and copies of the whole.</content>
public unsafe partial struct UserMemory<TSpace, TMemory, TSource>
{
    /// <summary>Copies bytes of the process to the kernel (copy_from_user).</summary>
    /// <remarks>
    /// The bytes are reached through the frames that the tables name, never at the process's addresses: so no bad pointer can make the kernel fault,
    /// SMAP stays on, and another process's memory can be read as well as the running one's. Faults that the program would have
    /// had are handled on the way.
    /// </remarks>
    /// <param name="target">Where to; the caller has <paramref name="sizeBytes"/> bytes there.</param>
    /// <param name="source">The first byte.</param>
    /// <param name="sizeBytes">How many.</param>
    /// <returns>How many were copied: fewer when the rest is not the program's to read.</returns>
    public ulong CopyFrom(byte* target, VirtAddr source, ulong sizeBytes)
    {
        ulong done = 0;
        while (done < sizeBytes && TryReach(source, done, FaultAccess.Read, out byte* at, out ulong inPage))
        {
            ulong part = sizeBytes - done < inPage ? sizeBytes - done : inPage;
            System.Buffer.MemoryCopy(at, target + done, part, part); // SAFETY: to the end of the frame and of what the caller has.
            done += part;
        }

        return done;
    }

    /// <summary>Copies bytes of the kernel to the process (copy_to_user); as <see cref="CopyFrom"/>.</summary>
    /// <returns>How many were copied: fewer when the rest is not the program's to write.</returns>
    public ulong CopyTo(VirtAddr target, byte* source, ulong sizeBytes)
    {
        ulong done = 0;
        while (done < sizeBytes && TryReach(target, done, FaultAccess.Write, out byte* at, out ulong inPage))
        {
            ulong part = sizeBytes - done < inPage ? sizeBytes - done : inPage;
            System.Buffer.MemoryCopy(source + done, at, part, part); // SAFETY: as above.
            done += part;
        }

        return done;
    }

    /// <summary>Clears bytes of the process; as <see cref="CopyTo"/>.</summary>
    public ulong Zero(VirtAddr target, ulong sizeBytes)
    {
        ulong done = 0;
        while (done < sizeBytes && TryReach(target, done, FaultAccess.Write, out byte* at, out ulong inPage))
        {
            ulong part = sizeBytes - done < inPage ? sizeBytes - done : inPage;
            for (ulong index = 0; index < part; index++) at[index] = 0; // SAFETY: to the end of the frame.
            done += part;
        }

        return done;
    }

    /// <summary>Copies a text that ends with a byte of 0, that byte too.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="source">Its first byte.</param>
    /// <param name="limitBytes">How many bytes there is room for.</param>
    /// <param name="length">The length without the 0.</param>
    /// <returns>BadAddress: a byte before the end is not the program's to read. Invalid: it is longer than there is room for.</returns>
    public UserError CopyText(byte* target, VirtAddr source, ulong limitBytes, out ulong length)
    {
        length = 0;
        while (length < limitBytes)
        {
            if (!TryReach(source, length, FaultAccess.Read, out byte* at, out ulong inPage)) return UserError.BadAddress;
            for (ulong index = 0; index < inPage && length < limitBytes; index++, length++)
            {
                target[length] = at[index]; // SAFETY: to the end of the frame and of what the caller has.
                if (at[index] == 0) return UserError.None;
            }
        }

        return UserError.Invalid;
    }

    /// <summary>Makes <paramref name="child"/>, which has nothing yet, a copy of this (fork): private pages are shared until one of the two writes.</summary>
    /// <returns>False without memory: the child has nothing then, and this is as it was, but that its next writes may fault.</returns>
    public bool TryCopyTo(ref UserMemory<TSpace, TMemory, TSource> child)
    {
        KernelAssert.That(child._areas.Count == 0, "UserMemory: a copy over something");
        child._breakStart = _breakStart;
        child._break = _break;
        for (AreaNode* node = _areas.First; node != null; node = AreaTree.Next(node))
        {
            VirtualArea area = node->Area;
            if (child.TryAddCopy(in area) && (!area.IsPrivate || TryShareWith(ref child, in area))) continue;
            child.Clear();
            return false;
        }

        return true;
    }

    private bool TryAddCopy(in VirtualArea area)
    {
        if (!_source.TryAllocateNode(out AreaNode* node)) return false;
        _areas.Insert(node, in area);
        if (area.Backing != null) area.Backing->AddUser();
        return true;
    }

    /// <summary>The physical address of a byte that other processes can show too, and that is there now; false of what is the process's own.</summary>
    public readonly bool TryFindShared(VirtAddr address, out PhysAddr place)
    {
        place = default;
        AreaNode* node = _areas.Find(address.ContainingPage);
        if (node == null || node->Area.IsPrivate || _space.Translate(address, out Translation translation) != PagingResult.Ok) return false;
        place = translation.Address;
        return true;
    }

    // What is private and mapped is shown by both, and can be written by neither.
    private bool TryShareWith(ref UserMemory<TSpace, TMemory, TSource> child, in VirtualArea area)
    {
        if ((area.Access & AreaAccess.Write) != 0) Narrow(in area);
        return TryShowIn(ref child, area.Pages, area.Pages.Start);
    }

    // Lets the pages of another, or of this, from `to` on show what a range of this shows, with the same rights; false without memory, some of it done.
    private readonly bool TryShowIn(ref UserMemory<TSpace, TMemory, TSource> other, PageRange pages, PageNumber to)
    {
        RunCollector runs = default;
        PageRow row = default;
        bool isShown = true;
        while (isShown && !pages.IsEmpty)
        {
            Collect(pages, ref runs);
            for (int index = 0; isShown && index < runs.Count; index++)
            {
                MappedRun run = runs[index];
                isShown = other.TryShow(run, to + (run.Start.ContainingPage - pages.Start), ref row);
            }

            to += runs.Reached - pages.Start;
            pages = PageRange.FromBounds(runs.Reached, pages.End);
        }

        return other.TryMap(ref row) && isShown;
    }

    private bool TryShow(MappedRun run, PageNumber to, ref PageRow row)
    {
        for (ulong done = 0; done < run.PageCount; done++)
        {
            if (!row.CanAdd(to + done, run.Flags) && !TryMap(ref row)) return false;
            FrameNumber frame = run.Target.ContainingFrame + done;
            bool isCounted = IsCounted(frame, run.Flags);
            if (isCounted && !_source.TryShareFrame(frame)) return false;
            row.Add(to + done, frame, run.Flags, isCounted);
        }

        return true;
    }

    // Maps the pages of a row, whose frames count a user more already, and empties it; false without memory.
    private bool TryMap(ref PageRow row)
    {
        bool isMapped = row.Count == 0 || row.MapIn(in _space) == PagingResult.Ok;
        if (isMapped) _residentPages += (ulong)(uint)row.CountedFrames;
        for (int index = 0; !isMapped && index < row.Count; index++)
        {
            if (IsCounted(row[index], row.Flags)) _source.ReleaseFrame(row[index]);
        }

        row.Clear();
        return isMapped;
    }

    // Where the kernel finds the byte `offset` bytes after `start`, brought in if need be, and how far its page goes on.
    private bool TryReach(VirtAddr start, ulong offset, FaultAccess access, out byte* at, out ulong inPage)
    {
        at = null;
        inPage = 0;
        ulong value = unchecked(start.Value + offset);
        if (value < start.Value || !_range.Mappable.Contains(PageNumber.FromTrusted(value >> PageNumber.Shift))) return false;
        VirtAddr address = VirtAddr.FromTrusted(value);
        PageFlags wanted = access == FaultAccess.Write ? PageFlags.User | PageFlags.Writable : PageFlags.User;
        Translation translation;
        // A fault is over after one turn: what was handled allows the access.
        for (int turn = 0; _space.Translate(address, out translation) != PagingResult.Ok || (translation.Flags & wanted) != wanted; turn++)
        {
            if (!HandleFault(address, access).IsHandled()) return false;
            KernelAssert.That(turn == 0, "UserMemory: a fault that was handled comes again");
        }

        if ((translation.Flags & PageFlags.CacheDisabled) != 0) return false; // A device's registers are not bytes to be copied.
        at = _memory.Pointer(translation.Address);
        inPage = PageNumber.SizeBytes - address.OffsetInPage;
        return true;
    }
}
