using System.Collections.Generic;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Lab.Paging;

/// <summary>The kernel's page-table formats by name.</summary>
internal static class FormatRegistry
{
    public static IReadOnlyList<string> Names
    {
        get
        {
            NameList list = new([]);
            PagingFormats.Visit(ref list);
            return list.Names;
        }
    }

    /// <summary>The tables under <paramref name="root"/> in a memory.</summary>
    /// <exception cref="LabException">There is no such format; those that there are are named.</exception>
    public static IPageTables Open(string format, ImageMemory memory, PhysAddr root)
    {
        Opener opener = new(format, memory, root);
        PagingFormats.Visit(ref opener);
        return opener.Tables ?? throw Unknown(format);
    }

    /// <summary>An empty address space in a memory, whose tables come from <paramref name="first"/> on.</summary>
    /// <exception cref="LabException">There is no such format, or no room for the root.</exception>
    public static TableWriter NewTables(string format, ImageMemory memory, PhysAddr first)
    {
        Maker maker = new(format, memory, first);
        PagingFormats.Visit(ref maker);
        return maker.Writer ?? throw Unknown(format);
    }

    private static LabException Unknown(string format) => new($"there is no format '{format}': {string.Join(", ", Names)}");

    private readonly struct NameList(List<string> names) : IPagingFormatVisitor
    {
        public List<string> Names => names;

        public void Visit<TFormat>()
            where TFormat : struct, IPagingFormat
            => names.Add(default(TFormat).Name);
    }

    private struct Opener(string wanted, ImageMemory memory, PhysAddr root) : IPagingFormatVisitor
    {
        public IPageTables? Tables { get; private set; }

        public void Visit<TFormat>()
            where TFormat : struct, IPagingFormat
        {
            if (default(TFormat).Name == wanted) Tables = new PageTables<ImageMemory, TFormat>(memory, root);
        }
    }

    private struct Maker(string wanted, ImageMemory memory, PhysAddr first) : IPagingFormatVisitor
    {
        public TableWriter? Writer { get; private set; }

        public void Visit<TFormat>()
            where TFormat : struct, IPagingFormat
        {
            if (default(TFormat).Name == wanted) Writer = new TableWriter<TFormat>(memory, first);
        }
    }
}
