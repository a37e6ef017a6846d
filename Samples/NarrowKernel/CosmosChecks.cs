using System.Runtime.CompilerServices;
using Cosmos.Core;
using Cosmos.Core.Memory;
using MemOS.SelfTest;

namespace NarrowKernel;

/// <summary>Each method of Cosmos that MemOS replaces, called as a Cosmos kernel calls it.</summary>
internal static unsafe class CosmosChecks
{
    private const int HiddenCount = 50;
    private const int NodeCount = 2000;
    private const int KeptEach = 3;
    private const uint Seed = 2026;

    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("cosmos.blocks come zeroed and keep their content", Blocks);
        suite.Add("cosmos.pages are found by address and index", Pages);
        suite.Add("cosmos.an object is freed by hand", FreedObject);
        suite.Add("cosmos.a count of references keeps an object", CountedObject);
        suite.Add("cosmos.what nothing refers to is collected", Collection);
    }

    private static void Blocks(CheckRecorder check)
    {
        Heap.Init();
        uint used = GCImplementation.GetUsedRAM();
        check.Expect(used > 0 && GCImplementation.GetAvailableRAM() > 0, "no memory is used, or none free");
        for (uint size = 1; size < 300_000; size = (size * 3) + 1)
        {
            byte* block = Heap.Alloc(size);
            check.Expect(block != null && Sum(block, size) == 0, "a block is not zero");
            for (uint i = 0; i < size; i++) block[i] = (byte)i;
            uint sum = Sum(block, size);
            block = Heap.Realloc(block, size * 2);
            check.Expect(Sum(block, size) == sum && Sum(block + size, size) == 0, "a longer block has another content");
            block = Heap.Realloc(block, (size / 2) + 1);
            check.Expect(Sum(block, (size / 2) + 1) == Sum((size / 2) + 1), "a shorter block has another content");
            Heap.Free(block);
        }

        Heap.Free(null);
        uint address = Heap.SafeAlloc(100);
        check.Expect(RAT.GetPageType((void*)address) != RAT.PageType.Empty, "a block has no page type");
        Heap.Free((void*)address);
        check.Expect(Heap.Alloc(0xFFFF_FFFF) == null && Heap.Alloc(0x8000_0000) == null, "there is more memory than addresses");
        check.Expect(Heap.Collect() >= 0 && GCImplementation.GetUsedRAM() <= used, "memory is lost");
    }

    private static void Pages(CheckRecorder check)
    {
        RAT.Init(null, 0);
        uint free = RAT.FreePageCount;
        byte* pages = (byte*)RAT.AllocPages(RAT.PageType.HeapLarge, 5);
        check.Expect(pages != null && (uint)pages % RAT.PageSize == 0 && Sum(pages, 5 * RAT.PageSize) == 0, "pages are not aligned, or not zero");
        check.Expect(RAT.GetFirstRATIndex(pages) == (uint)pages / RAT.PageSize, "the index is another page's");
        check.Expect(RAT.GetPagePtr(pages + 77) == pages && RAT.GetPageType(pages) == RAT.PageType.HeapLarge, "a page is not what it is");
        check.Expect(RAT.FreePageCount == RAT.GetPageCount() && RAT.FreePageCount <= free - 5, "five pages are still free");
        RAT.Free((uint)pages / RAT.PageSize);
        check.Expect(RAT.GetPageType(pages) == RAT.PageType.Empty && RAT.GetFirstRATIndex(pages) == RAT.TotalPageCount, "freed pages are in use");
        check.Expect(RAT.AllocPages(RAT.PageType.HeapLarge, 0) == null && RAT.AllocPages(RAT.PageType.HeapLarge, 0x10_0000) == null, "there are too many pages");
        pages = (byte*)RAT.AllocPages(RAT.PageType.HeapLarge);
        RAT.Free(pages);
        check.Expect(RAT.GetPageType(pages) == RAT.PageType.Empty, "a freed page is in use");
    }

    private static void FreedObject(CheckRecorder check)
    {
        CompilerExports.Keeps = false;
        Node node = new(1, null);
        CompilerExports.Keeps = true;
        uint* address = GCImplementation.GetPointer(node);
        check.Expect(RAT.GetPageType(address) == RAT.PageType.GCManaged, "an object is not one");
        GCImplementation.Free(node);
        check.Expect(RAT.GetPageType(address) == RAT.PageType.Empty, "a freed object is still there");
    }

    // Their memory is known by numbers that are no addresses, so that nothing else refers to them.
    private static void CountedObject(CheckRecorder check)
    {
        uint[] hidden = new uint[HiddenCount];
        MakeHidden(hidden);
        foreach (uint number in hidden)
        {
            GCImplementation.IncRootCount((ushort*)~number);
            GCImplementation.IncRootCount((ushort*)~number);
            GCImplementation.DecRootCount((ushort*)~number);
        }

        Clean(0);
        Heap.Collect();
        check.Equal(HiddenCount, Count(hidden), "objects that fields refer to");
        foreach (uint number in hidden) GCImplementation.DecRootCount((ushort*)~number);
        Clean(0);
        Heap.Collect();
        // What earlier calls left on the stack may keep one or two.
        check.Expect(Count(hidden) <= 2, "objects stay that nothing refers to");
    }

    private static void Collection(CheckRecorder check)
    {
        Heap.Collect();
        Node? last = MakeNodes(Seed);
        Clean(0);
        int freed = Heap.Collect();
        // A node and its numbers; words that are no references may keep a few.
        int dropped = 2 * (NodeCount - (NodeCount / KeptEach));
        check.Expect(freed <= dropped && freed > dropped - (dropped / 50), "not as many objects are collected as were dropped");
        int count = 0;
        for (Node? node = last; node is not null; node = node.Next, count++) check.Expect(node.IsWell, "an object has another content");
        check.Equal(NodeCount / KeptEach, count, "objects that were kept");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeHidden(uint[] hidden)
    {
        CompilerExports.Keeps = false;
        for (int i = 0; i < hidden.Length; i++) hidden[i] = ~(uint)GCImplementation.GetPointer(new Node(2, null));
        CompilerExports.Keeps = true;
    }

    private static int Count(uint[] hidden)
    {
        int count = 0;
        foreach (uint number in hidden)
        {
            if (RAT.GetPageType((void*)~number) == RAT.PageType.GCManaged) count++;
        }

        return count;
    }

    // A list of every third; between them nodes of random length that are dropped.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Node? MakeNodes(ulong seed)
    {
        RandomWords random = new(seed);
        Node? last = null;
        CompilerExports.Keeps = false;
        for (int i = 1; i <= NodeCount; i++)
        {
            Node node = new(random.Below(500), last);
            if (i % KeptEach == 0) last = node;
        }

        CompilerExports.Keeps = true;
        return last;
    }

    // Overwrites what earlier calls left on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Clean(int depth) => depth == 100 ? 0 : Clean(depth + 1) + 1;

    private static uint Sum(byte* bytes, uint count)
    {
        uint sum = 0;
        for (uint i = 0; i < count; i++) sum = unchecked((sum * 31) + bytes[i]);
        return sum;
    }

    // Of the bytes 0, 1, 2 …
    private static uint Sum(uint count)
    {
        uint sum = 0;
        for (uint i = 0; i < count; i++) sum = unchecked((sum * 31) + (byte)i);
        return sum;
    }

    private sealed class Node
    {
        private readonly int[] _numbers;

        public Node(int length, Node? next)
        {
            _numbers = new int[length];
            for (int i = 0; i < length; i++) _numbers[i] = length;
            Next = next;
        }

        public Node? Next { get; }

        public bool IsWell
        {
            get
            {
                foreach (int number in _numbers)
                {
                    if (number != _numbers.Length) return false;
                }

                return true;
            }
        }
    }
}
