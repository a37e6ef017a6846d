using System.Linq;
using System.Text;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class HeapCommandsTests
{
    private const ulong Site = 0x1000;

    private WatchedHeap _watched = null!;
    private FakeTerminal _terminal = null!;
    private CommandTable _commands = null!;

    [TearDown]
    public void TearDown() => _watched.Dispose();

    [Test]
    public unsafe void Slab_lists_the_classes_and_caches_in_use()
    {
        Start(HeapWatch.None);
        for (int i = 0; i < 3; i++) _watched.Heap->Allocate(60);
        Assert.That(_watched.Heap->TryCreateCache("inode", 200, 8, null, out SlabCacheId cache));
        _watched.Heap->AllocateFrom(cache);
        Run("slab");
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "bytes  slabs  KiB  live  cached  free  allocations  refills  wasted  name",
            "   64      1    8     3      12   113            3        1   6.2 %",
            "  208      1    8     1      14    24            1        1   0.0 %  inode",
            "16 KiB of slabs, " + (_watched.Heap->GetStatistics().TablePages * 4) + " KiB of tables; 3.0 % of all that was handed out was rounding up",
        }));
        Run("slab all");
        Assert.That(_terminal.Lines, Has.Length.EqualTo(1 + 37 + 1 + 1));
    }

    [Test]
    public unsafe void Heap_adds_up_and_names_what_was_refused()
    {
        Start(HeapWatch.None);
        byte* block = _watched.Heap->Allocate(100);
        _watched.Heap->Free(_watched.Heap->Allocate(100));
        _watched.Heap->Free(block + 1);
        _watched.Heap->Allocate(40_000);
        ulong pages = _watched.Heap->GetStatistics().TablePages + 2 + 10;
        Run("heap");
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "policy slab, blocks are not tracked",
            "raw blocks                   number  KiB",
            "live                              2   40",
            "  large                           1   40",
            "slabs                             1    8",
            "tables                                " + (_watched.Heap->GetStatistics().TablePages * 4),
            $"all pages{pages,26}{pages * 4,5}",
            "allocated so far                  3   39",
            "freed so far                      1",
            "failed                            0",
            "free of an interior pointer       1",
        }));
    }

    [TestCase("heap top")]
    [TestCase("heap dump")]
    [TestCase("leaks")]
    [TestCase("heap check")]
    [TestCase("heap faults")]
    public void What_needs_records_says_how_to_get_them(string line)
    {
        Start(HeapWatch.None);
        CommandResult result = Try(line);
        Assert.That(result.Failure, Does.Contain("boot with heap."));
    }

    [Test]
    public unsafe void Top_and_dump_name_who_allocated()
    {
        Start(HeapWatch.Tracked);
        WatchedHeap.CallFrom(1, (nuint)Site);
        _watched.Heap->Allocate(100);
        _watched.Heap->Allocate(200);
        WatchedHeap.CallFrom(1, (nuint)Site + 0x20);
        _watched.Heap->AllocateZeroed(20_000);
        Run("heap top");
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "blocks  bytes  oldest  kind    allocated by",
            "     1  20000       0  zeroed  Driver.Start + 0x20",
            "     2    300       2  plain   Driver.Start + 0x0",
            "2 call stacks; ages in allocations",
        }));
        Run("heap top 1");
        Assert.That(_terminal.Lines, Has.Length.EqualTo(3));
        Run("heap dump 2");
        Assert.That(_terminal.Lines.Length, Is.EqualTo(4));
        Assert.That(_terminal.Lines[1], Does.EndWith("20000    0  zeroed  Driver.Start + 0x20"));
        Assert.That(_terminal.Lines[2], Does.EndWith("  200    1  plain   Driver.Start + 0x0"));
        Assert.That(_terminal.Lines[3], Is.EqualTo("3 live blocks, the youngest first; ages in allocations"));
        Assert.That(Try("heap top 0").Failure, Is.EqualTo("heap top [COUNT]"));
    }

    [Test]
    public unsafe void Leaks_are_listed_by_call_stack()
    {
        Start(HeapWatch.Tracked);
        WatchedHeap.CallFrom(1, (nuint)Site, (nuint)Site + 8);
        byte** kept = (byte**)_watched.Heap->AllocateZeroed(64);
        kept[0] = _watched.Heap->Allocate(10);
        _watched.Heap->Allocate(30);
        _watched.Heap->Allocate(40);
        HostView.Root = kept;
        Run("leaks");
        Assert.That(_terminal.Lines[0], Does.StartWith("2 blocks of 70 bytes, the first 1 allocations ago at V:0x"));
        Assert.That(_terminal.Lines.Skip(1), Is.EqualTo(new[]
        {
            "    at Driver.Start + 0x0",
            "    at Driver.Start + 0x8",
            "2 of 4 live blocks are reached by nothing, 70 bytes",
        }));
    }

    [TestCase("overflow", "overflow, 0x41 was written 0 bytes behind the end of the block of 100 bytes at ")]
    [TestCase("underflow", "underflow, 0x41 was written 1 bytes before the block of 100 bytes at ")]
    [TestCase("use-after-free", "use after free, 0x41 was written 1 bytes into the block of 100 bytes at ")]
    [TestCase("double-free", "double free, of the block of 100 bytes at ")]
    [TestCase("interior-free", "free of an interior pointer, 50 bytes into the block of 100 bytes at ")]
    [TestCase("foreign-free", "free of a foreign pointer, at 0x8")]
    [TestCase("wrong-size", "free with a wrong size, as one of 200 bytes, the block of 100 bytes at ")]
    public void A_mistake_is_reported_in_words_with_its_stacks(string mistake, string report)
    {
        Start(HeapWatch.Checked);
        WatchedHeap.CallFrom(1, (nuint)Site);
        Run("heap try " + mistake);
        Assert.That(_terminal.Lines, Has.Length.EqualTo(1));
        Assert.That(_terminal.Lines[0], Does.StartWith(mistake + " of 100 bytes: "));
        Run("heap faults");
        Assert.That(_terminal.Lines[0], Does.StartWith("heap: " + report));
        Assert.That(_terminal.Lines, Does.Contain("  found by"));
        Assert.That(_terminal.Lines, Does.Contain("    at Driver.Start + 0x0"));
        Assert.That(_terminal.Lines[^1], Is.EqualTo("1 faults since the start, the last first"));
    }

    [Test]
    public void Mistakes_that_would_hurt_others_are_not_made_without_red_zones()
    {
        Start(HeapWatch.None);
        Assert.That(Try("heap try overflow").Failure, Does.StartWith("only with heap.check=on"));
        Assert.That(Try("heap try double-free").Failure, Is.Null);
        Assert.That(Try("heap try nothing").Failure, Does.StartWith("heap try what? overflow, "));
        Assert.That(Try("heap nonsense").Failure, Does.StartWith("heap, or heap with one of: top, "));
    }

    [Test]
    public unsafe void Check_looks_at_all_blocks_now()
    {
        Start(HeapWatch.Checked);
        byte* block = _watched.Heap->Allocate(50);
        Run("heap check");
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "1 live and 0 freed blocks looked at" }));
        block[50] = 1;
        Assert.That(Try("heap check").Failure, Is.EqualTo("1 faults found"));
    }

    private unsafe void Start(HeapWatch watch)
    {
        _watched = new WatchedHeap(watch);
        _commands = new CommandTable();
        HostView.Root = null;
        new HeapCommands(new HostView(_watched)).AddTo(_commands);
    }

    private void Run(string line) => Assert.That(Try(line).Failure, Is.Null);

    private CommandResult Try(string line)
    {
        _terminal = new FakeTerminal();
        string[] words = line.Split(' ');
        return _commands.Find(words[0])!.Handler(_terminal, words[1..]);
    }

    /// <summary>A heap over an arena, whose code has one method, and the heap's own before it.</summary>
    private sealed unsafe class HostView(WatchedHeap watched) : IHeapView
    {
        internal static void* Root { get; set; }

        public HeapWatch Watch => watched.Heap->Watch;

        public string Policy => "slab";

        public HeapStatistics Statistics => watched.Heap->GetStatistics();

        public uint CacheLimit => watched.Heap->CacheLimit;

        public ulong WatchedAllocations => watched.Heap->WatchedAllocations;

        public ulong QuarantinedBlocks => watched.Heap->QuarantinedBlocks;

        public ulong FaultCount => watched.Heap->FaultCount;

        public bool TryGetClass(uint index, out SizeClassStatistics figures, out string name)
        {
            bool isThere = watched.Heap->IsCache(index);
            figures = isThere ? watched.Heap->GetClassStatistics(index) : default;
            StringBuilder text = new();
            for (int i = 0; isThere && watched.Heap->NameAt(index, i) != 0; i++) text.Append((char)watched.Heap->NameAt(index, i));
            name = text.ToString();
            return isThere;
        }

        public ulong CountOf(HeapFreeResult result) => watched.Heap->RefusalsFor(result);

        public bool TryGetFault(uint index, out HeapFault fault) => watched.Heap->TryGetFault(index, out fault);

        public bool TryNextBlock(ref HeapCursor cursor, out TrackedBlock block) => watched.Heap->TryNextBlock(ref cursor, out block);

        public ulong Check() => watched.Heap->CheckBlocks();

        public bool TryMarkReached()
        {
            if (Watch == HeapWatch.None) return false;
            void* root = Root;
            watched.Heap->BeginLeakSearch();
            watched.Heap->AddLeakRoot(&root, &root + 1);
            return true;
        }

        public string NameOf(VirtAddr address) => address.Value == 1 ? "MemOS.Memory.Heap.KernelHeap.Allocate + 0x1" : $"Driver.Start + 0x{address.Value - Site:x}";

        public int NameOf(VirtAddr address, byte* buffer, int capacity, out ulong offset)
        {
            offset = address.Value == 1 ? 1 : address.Value - Site;
            return Encoding.ASCII.GetBytes(address.Value == 1 ? "MemOS.Memory.Heap.X" : "Driver.Start", new System.Span<byte>(buffer, capacity));
        }

        public nuint Allocate(nuint sizeBytes) => (nuint)watched.Heap->Allocate(sizeBytes);

        public HeapFreeResult Free(nuint block) => watched.Heap->Free((void*)block);

        public HeapFreeResult Free(nuint block, nuint sizeBytes) => watched.Heap->Free((void*)block, sizeBytes);

        public void Write(VirtAddr address, byte value) => *(byte*)address.Value = value;
    }
}
