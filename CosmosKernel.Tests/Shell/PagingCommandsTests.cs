using System.Linq;
using MemOS.Boot;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class PagingCommandsTests
{
    private const ulong PageBytes = PageNumber.SizeBytes;
    private const ulong TwoMiB = 1UL << 21;
    private const ulong ImageText = 0xFFFF_FFFF_8010_0000;
    private const ulong DirectMap = 0xFFFF_8000_0000_0000;
    private const PageFlags Data = PageFlags.Present | PageFlags.Writable | PageFlags.Global;
    private const PageFlags Code = PageFlags.Present | PageFlags.Executable | PageFlags.Global;

    private HostTables<X64FourLevel> _tables = null!;
    private FakeTerminal _terminal = null!;
    private CommandTable _commands = null!;

    [SetUp]
    public void SetUp()
    {
        _tables = new HostTables<X64FourLevel>(FrameNumber.FromTrusted(0x10), 16);
        _tables.Map(ImageText, 0x10_0000, 2 * PageBytes, Code).Map(ImageText + (2 * PageBytes), 0x10_2000, PageBytes, Data | PageFlags.Accessed);
        _tables.Map(DirectMap + TwoMiB, TwoMiB, 2 * TwoMiB, Data);
        _terminal = new FakeTerminal();
        _commands = new CommandTable();
        new PagingCommands(_tables.View).AddTo(_commands);
    }

    [TearDown]
    public void TearDown() => _tables.Dispose();

    [Test]
    public void All_mappings_are_listed_and_neighbours_that_are_alike_are_one()
    {
        _tables.Map(ImageText + (3 * PageBytes), 0x10_9000, PageBytes, Data);
        _tables.Map(0xFFFF_FFFF_FFFF_F000, 0x10_A000, PageBytes, PageFlags.Present | PageFlags.User | PageFlags.CacheDisabled);
        Assert.That(Run("dump_pt"), Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "from                  to                     KiB  pages     of  memory           allows",
            "V:0xffff800000200000  V:0xffff800000600000  4096      2  2 MiB  from P:0x200000  kernel read write global",
            "V:0xffffffff80100000  V:0xffffffff80102000     8      2  4 KiB  from P:0x100000  kernel read execute global",
            "V:0xffffffff80102000  V:0xffffffff80104000     8      2  4 KiB  in 2 pieces      kernel read write global",
            "V:0xfffffffffffff000  the end                  4      1  4 KiB  from P:0x10a000  user read uncached",
        }));
    }

    [Test]
    public void An_addresss_entries_are_listed_from_the_root_down()
    {
        Assert.That(Run("dump_pt", "V:0xffffffff80101123"), Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "level  table      index             entry   covers  is                  allows",
            "    4  P:0x1f000    511  0x1000000001c003  512 GiB  table at P:0x1c000  kernel read write execute",
            "    3  P:0x1c000    510  0x1000000001d003    1 GiB  table at P:0x1d000  kernel read write execute",
            "    2  P:0x1d000      0  0x3000000001e003    2 MiB  table at P:0x1e000  kernel read write execute",
            "    1  P:0x1e000    257          0x101101    4 KiB  page at P:0x101000  kernel read execute global",
            "V:0xffffffff80101123 is P:0x101123, in a page of 4 KiB: kernel read execute global",
        }));
    }

    [Test]
    public void A_large_pages_walk_is_shorter()
    {
        Assert.That(Run("translate", "0xffff800000345678", "--explain"), Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "V:0xffff800000345678 in x64-4level: 4 levels, 48 bits of address",
            "  its bits 47..39 are 256, 38..30 are 0, 29..21 are 1, 20..0 are 0x145678",
            "level 4: entry 256 of the root table at P:0x1f000 is 0x1000000001a003",
            "  it covers 512 GiB and leads to the table at P:0x1a000; it allows kernel read write execute",
            "level 3: entry 0 of the table at P:0x1a000 is 0x2000000001b003",
            "  it covers 1 GiB and leads to the table at P:0x1b000; it allows kernel read write execute",
            "level 2: entry 1 of the table at P:0x1b000 is 0x8000000000200183",
            "  it covers 2 MiB and maps the page at P:0x200000; it allows kernel read write global",
            "address: the page's P:0x200000 and the offset 0x145678 make P:0x345678",
            "rights: what every level allows: kernel read write global",
        }));
    }

    [Test]
    public void A_table_narrows_what_its_pages_allow_and_its_other_bits_mean_nothing()
    {
        const ulong NoExecuteAndIgnored = (1UL << 63) | (1UL << 8) | (1UL << 6);
        _tables.SetBits(ImageText, 1, NoExecuteAndIgnored);
        Assert.That(Run("translate", "0xffffffff80100000", "--explain"), Is.Null);
        Assert.That(_terminal.Lines[7], Does.EndWith("leads to the table at P:0x1e000; it allows kernel read write"));
        Assert.That(_terminal.Lines[^1], Is.EqualTo("rights: what every level allows: kernel read global"));
    }

    [Test]
    public void What_is_not_mapped_is_explained()
    {
        Assert.That(Run("translate", "0xffff800000000010", "--explain"), Is.Null);
        Assert.That(_terminal.Lines[^3..], Is.EqualTo(new[]
        {
            "level 2: entry 0 of the table at P:0x1b000 is 0x0",
            "  it is not present: nothing is mapped in these 2 MiB",
            "V:0xffff800000000010 is not mapped",
        }));
        Run("translate", "8", "--explain");
        Assert.That(_terminal.Lines[^1], Is.EqualTo("V:0x8 is not mapped: page 0 never is"));
        Run("dump_pt", "0x1000");
        Assert.That(_terminal.Lines[^1], Is.EqualTo("V:0x1000 is not mapped"));
        Run("dump_pt", "0x800000000000");
        Assert.That(_terminal.Lines[^1], Is.EqualTo("V:0x800000000000 is no address of this format"));
    }

    [Test]
    public void A_reserved_bit_ends_the_walk()
    {
        _tables.SetBits(DirectMap + TwoMiB, 3, 1UL << 7);
        Assert.That(Run("translate", "0xffff800000200000"), Is.EqualTo("the walk of V:0xffff800000200000 ends at a reserved bit"));
        Assert.That(Run("translate", "0xffff800000200000", "--explain"), Is.Null);
        Assert.That(_terminal.Lines[^2], Is.EqualTo("  it has a bit set that must be 0: the processor faults"));
        Assert.That(Run("pagetables"), Is.EqualTo("1 entries have a bit set that must be 0"));
    }

    [Test]
    public void An_address_is_translated_in_a_line()
    {
        Assert.That(Run("translate", "18446744071563128830"), Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[] { "V:0xffffffff80102ffe is P:0x102ffe, in a page of 4 KiB: kernel read write global accessed" }));
        Assert.That(Run("translate", "0xffffffff80103000"), Is.EqualTo("V:0xffffffff80103000 is not mapped"));
        Assert.That(Run("translate", "0x8000000000000000"), Is.EqualTo("V:0x8000000000000000 is no address of this format"));
    }

    [TestCase("translate", "0x", "'0x' is not an address")]
    [TestCase("translate", "0x10000000000000000", "'0x10000000000000000' is not an address")]
    [TestCase("translate", "P:0x1000", "'P:0x1000' is not an address")]
    [TestCase("dump_pt", "-1", "'-1' is not an address")]
    public void What_is_no_address_is_refused(string command, string argument, string reason) => Assert.That(Run(command, argument), Is.EqualTo(reason));

    [Test]
    public void An_address_is_asked_for()
    {
        Assert.That(Run("translate"), Does.StartWith("which address?"));
        Assert.That(Run("translate", "0", "explain"), Does.StartWith("which address?"));
        Assert.That(Run("dump_pt", "0", "0"), Does.StartWith("which address?"));
    }

    [Test]
    public void Tables_and_pages_are_counted_by_level()
    {
        Assert.That(Run("pagetables"), Is.Null);
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "x64-4level, root at P:0x1f000, 6 tables of 4 KiB; 0.58 % of what they map",
            "level  tables  KiB  entries in use  pages       of  mapped KiB",
            "    4       1    4               2      0  512 GiB           0",
            "    3       2    8               2      0    1 GiB           0",
            "    2       2    8               3      2    2 MiB        4096",
            "    1       1    4               3      3    4 KiB          12",
            "  all       6   24                                        4108",
            "nothing is writable and executable, neither at one address nor at two: 8 KiB of code",
        }));
    }

    [Test]
    public void A_page_that_is_writable_and_executable_is_found()
    {
        _tables.SetBits(ImageText, 0, 1UL << 1);
        Assert.That(Run("pagetables"), Is.EqualTo("1 pages are writable and executable"));
    }

    [Test]
    public void Memory_that_is_executable_here_and_writable_there_is_found()
    {
        _tables.Map(DirectMap, 0, TwoMiB, Data);
        Assert.That(Run("pagetables"), Is.EqualTo("memory that can be executed at V:0xffffffff80100000 can be written at V:0xffff800000000000"));
    }

    [Test]
    public void The_windows_are_listed_with_what_is_in_them()
    {
        _tables.Map(ImageText + (8 * PageBytes), 0x10_8000, PageBytes, Data);
        new AddressSpaceReport(_tables.View, KernelLayout.For(LayoutPreset.Veridian)).WriteTo(_terminal);
        Assert.That(_terminal.Lines, Is.EqualTo(new[]
        {
            "kernel: x64-4level, root at P:0x1f000, layout veridian",
            "window      from                    size  what is mapped               KiB  ranges",
            "direct map  V:0xffff800000000000  16 TiB  kernel read write global    4096       1",
            "pages       V:0xffffc00000000000  16 TiB  nothing                        0       0",
            "stacks      V:0xffffe00000000000  16 TiB  nothing                        0       0",
            "devices     V:0xfffff00000000000  15 TiB  nothing                        0       0",
            "image       V:0xffffffff80000000   2 GiB  kernel read execute global     8       1",
            "                                          kernel read write global       8       2",
        }));
    }

    [Test]
    public void A_mapping_outside_the_windows_is_named()
    {
        _tables.Map(0x40_0000, 0x10_8000, PageBytes, Data);
        new AddressSpaceReport(_tables.View, KernelLayout.For(LayoutPreset.Valen)).WriteTo(_terminal);
        Assert.That(_terminal.Lines[2], Does.StartWith("memory, image  V:0xffffffff80000000   768 MiB  kernel read execute global"));
        Assert.That(_terminal.Lines.Last(), Is.EqualTo("2 mappings are in no window, the first at V:0x400000"));
    }

    private string? Run(string name, params string[] arguments) => _commands.Find(name)!.Handler(_terminal, arguments).Failure;
}
