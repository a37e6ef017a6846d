using System.Runtime.InteropServices;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed unsafe class MemoryCommandsTests
{
    private const ulong MiB = 1024 * 1024;

    private byte* _storage;
    private FakeTerminal _terminal = null!;
    private CommandTable _commands = null!;
    private HostMemory _host;

    [SetUp]
    public void SetUp()
    {
        _storage = (byte*)NativeMemory.AlignedAlloc((nuint)(2 * MiB), 4096);
        _host = HostMemory.Create(1);
        _terminal = new FakeTerminal();
        _commands = new CommandTable();
        new MemoryCommands(new SmallMachine(_storage, _host)).AddTo(_commands);
    }

    [TearDown]
    public void TearDown()
    {
        _host.Dispose();
        NativeMemory.AlignedFree(_storage);
    }

    [Test]
    public void Mem_adds_up()
    {
        Run("mem");
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "memory            frames    KiB",
            "total               8192  32768",
            "reserved at boot     256   1024",
            "used                   5     20",
            "  kernel               1      4",
            "  page tables          0      0",
            "  heap                 4     16",
            "  user                 0      0",
            "  cache                0      0",
            "free                7931  31724",
        }));
    }

    [Test]
    public void Zones_are_listed_with_their_frames()
    {
        Run("zones");
        Assert.That(_terminal.Lines, Has.Length.EqualTo(3));
        Assert.That(_terminal.Lines[0], Does.StartWith("zone    from         present  managed  free"));
        Assert.That(_terminal.Lines[1], Does.StartWith("DMA     P:0x0           4096     3840  3840"));
        Assert.That(_terminal.Lines[2], Does.StartWith("Normal  P:0x1000000     4096     4096  4091"));
    }

    [Test]
    public void Map_shows_the_firmwares_ranges_and_what_is_set_aside()
    {
        Run("map");
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "from         to             KiB  the firmware says",
            "P:0x0        P:0x2000000  32768  usable",
            "P:0x2000000  P:0x2001000      4  ACPI tables",
            "",
            "from   to           KiB  set aside for",
            "P:0x0  P:0x100000  1024  BIOS area",
        }));
    }

    private void Run(string name) => Assert.That(_commands.Find(name)!.Handler(_terminal, []).Failure, Is.Null);

    /// <summary>32 MiB of memory, the lowest reserved, a few frames in use.</summary>
    private sealed class SmallMachine : IMemoryView
    {
        private PhysicalMemory<HostMemory> _memory;

        public SmallMachine(byte* storage, HostMemory host)
        {
            var builder = new MemoryMapBuilder(storage, 4096);
            builder.TryAdd(PhysAddr.Zero, 32 * MiB, MemoryKind.Usable);
            builder.TryAdd(PhysAddr.FromTrusted(32 * MiB), 4096, MemoryKind.AcpiReclaimable);
            Map = builder.Build();
            var reserved = new ReservedRegions(storage + 4096, 4096);
            reserved.TryAdd(PhysAddr.Zero, MiB, ReservedKind.Bios);
            Reserved = reserved;
            _memory = new PhysicalMemory<HostMemory>(Map, Reserved, ZoneLayout.Veridian, storage + 8192, host);
            _memory.TryAllocate(Order.FromTrusted(2), FrameOwner.Heap, out _);
            _memory.TryAllocate(Order.FromTrusted(0), FrameOwner.Kernel, out _);
        }

        public MemoryMap Map { get; }

        public ReservedRegions Reserved { get; }

        public FrameStatistics Frames => _memory.Statistics;

        public int ZoneCount => _memory.ZoneCount;

        public ulong FramesOf(FrameOwner owner) => _memory.OwnedBy(owner);

        public Zone ZoneAt(int index) => _memory.ZoneAt(index);
    }
}
