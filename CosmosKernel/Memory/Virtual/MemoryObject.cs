using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Pages that several areas can show: shared memory, or a file's bytes as far as they have been looked at.</summary>
/// <remarks>
/// <para>
/// Pages get frames when they are first asked for: of zeros, or of the file's bytes, with zeros behind its end. The object is a user of each of
/// its frames, and so is every page table entry that shows one; so what is unmapped is released in one way, whoever else uses it.
/// </para>
/// <para>
/// Frames are found by a radix tree of 512 entries a node, each node a frame, as high as the object's size needs: an entry is the
/// address of the frame or node, bit 0 set; 0 is none. Several processors may use it at once: users are counted by one instruction, entries are written once, when what
/// they name is whole, and only between <see cref="IUserMemorySource.EnterObject"/> and <see cref="IUserMemorySource.LeaveObject"/>; who looks needs no lock.
/// </para>
/// </remarks>
public struct MemoryObject
{
    private const int IndexBits = 9;
    private const ulong Present = 1;

    private ulong _root;
    private int _levels;
    private PhysAddr _bytes;
    private ulong _byteCount;
    private int _users;

    /// <summary>The number of its pages; those from there on do not exist.</summary>
    public ulong PageCount { get; private set; }

    /// <summary>Whether it has a file's bytes.</summary>
    public bool IsFile { get; private set; }

    /// <summary>How many areas and others use it.</summary>
    public readonly int UserCount => _users;

    /// <summary>How many of its pages have frames.</summary>
    public ulong ResidentPages { get; private set; }

    /// <summary>Shared memory of so many pages, with one user.</summary>
    public static MemoryObject Zeros(ulong pageCount) => new()
    {
        PageCount = pageCount,
        _users = 1,
        _levels = LevelsFor(pageCount),
    };

    /// <summary>The file whose bytes lie at <paramref name="bytes"/> in memory that does not change, with one user.</summary>
    public static MemoryObject File(PhysAddr bytes, ulong byteCount) => new()
    {
        PageCount = PageNumber.CountFor(byteCount),
        IsFile = true,
        _users = 1,
        _bytes = bytes,
        _byteCount = byteCount,
        _levels = LevelsFor(PageNumber.CountFor(byteCount)),
    };

    /// <summary>Counts one user more.</summary>
    public void AddUser()
    {
        int users = default(MachineWords).Add(ref _users, 1);
        KernelAssert.That(users > 1, "MemoryObject: nobody has it, or too many");
    }

    /// <summary>Counts one user less; after the last one its pages are released. Whether it was the last.</summary>
    public bool DropUser<TMemory, TSource>(TMemory memory, TSource source)
        where TMemory : struct, IPhysicalMemory
        where TSource : struct, IUserMemorySource
    {
        int left = default(MachineWords).Add(ref _users, -1);
        KernelAssert.That(left >= 0, "MemoryObject: nobody has it");
        if (left != 0) return false;
        if (_root != 0) ReleaseNode(memory, source, _root, _levels);
        _root = 0;
        ResidentPages = 0;
        return true;
    }

    /// <summary>The frame of page <paramref name="index"/>, which is below the count; false when it has none yet.</summary>
    public readonly bool TryFind<TMemory>(TMemory memory, ulong index, out FrameNumber frame)
        where TMemory : struct, IPhysicalMemory
    {
        KernelAssert.That(index < PageCount, "MemoryObject: no such page");
        frame = default;
        ulong entry = _root;
        for (int level = _levels; entry != 0 && level > 0; level--) entry = memory.ReadWord(SlotOf(entry, index, level));
        if (entry == 0) return false;
        frame = FrameOf(entry);
        return true;
    }

    /// <summary>The frame of page <paramref name="index"/>, which is below the count, filled when it is the first time; false without memory.</summary>
    public bool TryGet<TMemory, TSource>(TMemory memory, TSource source, ulong index, out FrameNumber frame)
        where TMemory : struct, IPhysicalMemory
        where TSource : struct, IUserMemorySource
    {
        if (TryFind(memory, index, out frame)) return true;
        if (!source.TryAllocateFrame(IsFile ? Zeroing.AsIs : Zeroing.Zeroed, out frame)) return false;
        if (IsFile) Fill(memory, index, frame.Start);
        source.EnterObject();
        bool isThere = TryFind(memory, index, out FrameNumber earlier); // Another processor's.
        bool isEntered = !isThere && TryEnter(memory, source, index, frame);
        if (isEntered) ResidentPages++;
        source.LeaveObject();
        if (isEntered) return true;
        source.ReleaseFrame(frame);
        frame = earlier;
        return isThere;
    }

    private static int LevelsFor(ulong pageCount)
    {
        int levels = 0;
        for (ulong covered = 1; covered < pageCount; covered <<= IndexBits) levels++;
        return levels;
    }

    private static PhysAddr SlotOf(ulong node, ulong index, int level)
    {
        ulong entry = (index >> ((level - 1) * IndexBits)) & ((1UL << IndexBits) - 1);
        return FrameOf(node).Start + (entry * sizeof(ulong));
    }

    private static FrameNumber FrameOf(ulong entry) => PhysAddr.FromTrusted(entry & ~Present).ContainingFrame;

    // Nodes made on the way stay when the next cannot be made: they are found again by the next attempt.
    private bool TryEnter<TMemory, TSource>(TMemory memory, TSource source, ulong index, FrameNumber frame)
        where TMemory : struct, IPhysicalMemory
        where TSource : struct, IUserMemorySource
    {
        ulong entry = frame.Start.Value | Present;
        if (_levels == 0)
        {
            _root = entry;
            return true;
        }

        if (_root == 0 && !TryMakeNode(source, out _root)) return false;
        ulong node = _root;
        for (int level = _levels; level > 1; level--)
        {
            PhysAddr slot = SlotOf(node, index, level);
            node = memory.ReadWord(slot);
            if (node != 0) continue;
            if (!TryMakeNode(source, out node)) return false;
            memory.WriteWord(slot, node);
        }

        memory.WriteWord(SlotOf(node, index, 1), entry);
        return true;
    }

    private static bool TryMakeNode<TSource>(TSource source, out ulong node)
        where TSource : struct, IUserMemorySource
    {
        bool isMade = source.TryAllocateFrame(Zeroing.Zeroed, out FrameNumber frame);
        node = isMade ? frame.Start.Value | Present : 0;
        return isMade;
    }

    // Depth is at most seven levels: 2^52 pages.
    private static void ReleaseNode<TMemory, TSource>(TMemory memory, TSource source, ulong node, int level)
        where TMemory : struct, IPhysicalMemory
        where TSource : struct, IUserMemorySource
    {
        for (ulong index = 0; level > 0 && index < 1UL << IndexBits; index++)
        {
            ulong entry = memory.ReadWord(FrameOf(node).Start + (index * sizeof(ulong)));
            if (entry != 0) ReleaseNode(memory, source, entry, level - 1);
        }

        source.ReleaseFrame(FrameOf(node));
    }

    private readonly unsafe void Fill<TMemory>(TMemory memory, ulong index, PhysAddr target)
        where TMemory : struct, IPhysicalMemory
    {
        ulong from = index << PageNumber.Shift;
        ulong count = _byteCount - from < PageNumber.SizeBytes ? _byteCount - from : PageNumber.SizeBytes;
        byte* to = memory.Pointer(target);
        for (ulong done = 0; done < count;)
        {
            // SAFETY: a pointer is good to the end of its frame; the file's bytes may begin anywhere in one.
            PhysAddr source = _bytes + from + done;
            ulong inFrame = FrameNumber.SizeBytes - (source.Value & (FrameNumber.SizeBytes - 1));
            ulong part = count - done < inFrame ? count - done : inFrame;
            System.Buffer.MemoryCopy(memory.Pointer(source), to + done, part, part);
            done += part;
        }

        for (ulong at = count; at < PageNumber.SizeBytes; at++) to[at] = 0; // SAFETY: within the frame.
    }
}
