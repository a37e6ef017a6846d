using MemOS.Boot;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Processes;

namespace MemOS.Shell;

/// <summary>What <c>vma</c> prints by itself: where the parts of programs go, and by how much chance moves them.</summary>
public sealed class UserLayoutReport : IReport
{
    private readonly LayoutPreset _preset;
    private readonly ProcessRandom _random;

    /// <summary>The report of the user's half that goes with <paramref name="preset"/>.</summary>
    public UserLayoutReport(LayoutPreset preset, ProcessRandom random)
    {
        _preset = preset;
        _random = random;
    }

    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        UserLayout layout = UserLayout.For(_preset);
        UserEntropy bits = layout.Entropy;
        UserPlaces still = layout.Choose(default);
        UserPlaces moved = layout.Choose(new UserMoves(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue));
        terminal.WriteLine("layout " + NameOf(_preset) + ": programs have " + Text(still.Range.Mappable.Start) + " to " + Text(still.Range.Mappable.End));
        var table = new TextTable("part", ">random bits", "from", "to");
        table.Add("stack's top", bits.StackBits.ToString(), Text(moved.StackTop), Text(still.StackTop));
        table.Add("areas' top", bits.AnywhereBits.ToString(), Text(moved.Range.Anywhere.End), Text(still.Range.Anywhere.End));
        table.Add("image", bits.ImageBits.ToString(), Text(still.Image), Text(moved.Image));
        table.Add("heap", bits.HeapBits.ToString(), "the image's end", (PageNumber.BytesOf(moved.HeapGapPages) >> 20).ToString() + " MiB behind it");
        table.WriteTo(terminal);
        terminal.WriteLine(_random.AreMoved ? "chance: " + NameOf(_random.Origin) : "nothing is moved: aslr=off");
    }

    /// <summary>Where random words come from.</summary>
    public static string NameOf(RandomOrigin origin) => origin switch
    {
        RandomOrigin.CommandLine => "seed= of the boot menu, the same after each boot",
        RandomOrigin.SeedInstruction => "RDSEED",
        RandomOrigin.RandomInstruction => "RDRAND",
        _ => "the time-stamp counter, which somebody may guess: the processor has neither RDSEED nor RDRAND",
    };

    private static string NameOf(LayoutPreset preset) => preset switch
    {
        LayoutPreset.Lld => "lld",
        LayoutPreset.Valen => "valen",
        LayoutPreset.MyOs => "myos",
        _ => "veridian",
    };

    private static string Text(PageNumber page) => page.Start.ToString();
}
