using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Virtual;

namespace MemOS.Processes;

/// <summary>Chance for processes: where their parts go, and the random bytes that they ask for.</summary>
/// <remarks>Two streams, so that what a program is told does not tell where others lie.</remarks>
public sealed class ProcessRandom
{
    private readonly bool _areMoved;
    private RandomStream _places;
    private RandomStream _noise;

    /// <summary>Streams from what the boot menu's line says, or from the processor.</summary>
    /// <param name="line">The boot menu's line.</param>
    /// <param name="features">What the processor has.</param>
    public ProcessRandom(in KernelCommandLine line, CpuFeatures features)
    {
        _areMoved = line.Aslr;
        RandomSeed seed = line.HasSeed ? RandomSeed.Given(line.Seed) : RandomSeed.Read(features);
        Origin = seed.Origin;
        _places = new RandomStream(seed.Value);
        // A seed that was given stands for both; the processor is asked again.
        _noise = new RandomStream(line.HasSeed ? ~seed.Value : RandomSeed.Read(features).Value);
    }

    /// <summary>Where the seed comes from.</summary>
    public RandomOrigin Origin { get; }

    /// <summary>Whether processes are moved at all: not with <c>aslr=off</c>.</summary>
    public bool AreMoved => _areMoved;

    /// <summary>By how much the next process is moved.</summary>
    public UserMoves NextMoves() => _areMoved ? _places.NextFour() : default;

    /// <summary>Four words for a program that starts.</summary>
    public UserMoves NextWords() => _noise.NextFour();

    /// <summary>A word for a program.</summary>
    public ulong NextWord() => _noise.Next();
}
