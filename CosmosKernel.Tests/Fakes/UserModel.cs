using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Virtual;

namespace MemOS.Tests.Fakes;

/// <summary>The memory of a process, page by page: what may be done with each, and the bytes that a test writes.</summary>
/// <remarks>It says what a program must see, and knows nothing of areas, frames or faults.</remarks>
public sealed class UserModel
{
    /// <summary>Where in a page the tests read and write.</summary>
    public static readonly int[] Offsets = [0, 1, 2049, 4095];

    private readonly SortedDictionary<ulong, ModelPage> _pages = [];

    public int Count => _pages.Count;

    public IEnumerable<ulong> Numbers => _pages.Keys;

    public ModelPage? this[ulong page] => _pages.GetValueOrDefault(page);

    public bool IsFree(ulong first, ulong count) => !Enumerable.Range(0, (int)count).Any(index => _pages.ContainsKey(first + (ulong)index));

    public bool IsFull(ulong first, ulong count) => Enumerable.Range(0, (int)count).All(index => _pages.ContainsKey(first + (ulong)index));

    public void Map(ulong first, ulong count, AreaKind kind, AreaAccess access, ModelObject? backing, ulong offset)
    {
        for (ulong index = 0; index < count; index++)
        {
            _pages[first + index] = new ModelPage(kind, access, backing, offset + index, null);
        }
    }

    public void Unmap(ulong first, ulong count)
    {
        for (ulong index = 0; index < count; index++) _pages.Remove(first + index);
    }

    public void Protect(ulong first, ulong count, AreaAccess access)
    {
        for (ulong index = 0; index < count; index++) _pages[first + index] = _pages[first + index] with { Access = access };
    }

    public void Drop(ulong first, ulong count)
    {
        for (ulong index = 0; index < count; index++)
        {
            if (_pages.TryGetValue(first + index, out ModelPage? page)) _pages[first + index] = page with { Own = null };
        }
    }

    /// <summary>Moves pages; those beyond the old ones go on like them.</summary>
    public void Move(ulong first, ulong count, ulong to, ulong newCount)
    {
        ModelPage[] old = Enumerable.Range(0, (int)count).Select(index => _pages[first + (ulong)index]).ToArray();
        Unmap(first, count);
        for (ulong index = 0; index < newCount; index++)
        {
            ModelPage begin = old[0];
            _pages[to + index] = index < count ? old[index] : begin with { Page = begin.Page + index, Own = null };
        }
    }

    public UserModel Copy()
    {
        UserModel copy = new();
        foreach ((ulong number, ModelPage page) in _pages) copy._pages.Add(number, page with { Own = (byte[]?)page.Own?.Clone() });
        return copy;
    }

    /// <summary>How the program's access has to end.</summary>
    public bool MayAccess(ulong number, FaultAccess access)
    {
        if (!_pages.TryGetValue(number, out ModelPage? page)) return false;
        AreaAccess wanted = access switch
        {
            FaultAccess.Write => AreaAccess.Write,
            FaultAccess.Execute => AreaAccess.Execute,
            _ => AreaAccess.Read | AreaAccess.Write | AreaAccess.Execute,
        };
        return (page.Access & wanted) != 0 && (page.Backing == null || page.Page < page.Backing.PageCount);
    }

    public byte Read(ulong number, int at) => _pages[number].Read(at);

    public void Write(ulong number, int at, byte value)
    {
        ModelPage page = _pages[number];
        if (page.Kind == AreaKind.Shared)
        {
            page.Backing!.Write(page.Page, at, value);
            return;
        }

        byte[] own = page.Own ?? [.. Enumerable.Range(0, Offsets.Length).Select(page.Read)];
        own[at] = value;
        _pages[number] = page with { Own = own };
    }
}
