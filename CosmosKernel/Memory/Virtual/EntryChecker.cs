using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Holds page table entries to the areas that they lie in: U2 to U5 of <see cref="UserMemory{TSpace,TMemory,TSource}"/>.</summary>
internal unsafe struct EntryChecker<TSource> : IMappingVisitor
    where TSource : struct, IUserMemorySource
{
    private readonly TSource _source;
    private AreaTree _areas;

    internal EntryChecker(AreaTree areas, TSource source)
    {
        this = default;
        _areas = areas;
        _source = source;
    }

    /// <summary>What is broken first; null when nothing is.</summary>
    internal string? Broken { get; private set; }

    /// <summary>Entries that show counted frames.</summary>
    internal ulong Resident { get; private set; }

    /// <inheritdoc/>
    public bool Visit(in MappedRun run)
    {
        for (ulong done = 0; done < run.PageCount && Broken == null; done++)
        {
            AreaNode* node = _areas.Find(run.Start.ContainingPage + done);
            if (node == null || run.PageShift != PageNumber.Shift) Broken = "U2: a page is mapped outside the areas, or is no small one";
            else Broken = Check(node->Area, run.Target.ContainingFrame + done, run.Flags);
        }

        return Broken == null;
    }

    private string? Check(in VirtualArea area, FrameNumber frame, PageFlags flags)
    {
        bool isZeroFrame = frame == _source.ZeroFrame;
        if (area.Kind != AreaKind.Device && !isZeroFrame) Resident++;
        bool isWritable = (flags & PageFlags.Writable) != 0;
        if ((flags & PageFlags.User) != 0 && area.Access == AreaAccess.None) return "U3: a page can be reached that no one may reach";
        if (isWritable && (area.Access & AreaAccess.Write) == 0) return "U3: a page can be written that may not be";
        if ((flags & PageFlags.Executable) != 0 && (area.Access & AreaAccess.Execute) == 0) return "U3: a page can be executed that may not be";
        bool isOwn = !isWritable || !area.IsPrivate || (!isZeroFrame && _source.IsSoleUser(frame));
        return isOwn ? null : "U4: a private page can be written that others see";
    }
}
