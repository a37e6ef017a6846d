using MemOS.Memory.Virtual;

namespace MemOS.Processes;

/// <summary>Random words one after the other: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).</summary>
/// <remarks>Who sees a word can tell the next ones: what must not be guessed has a stream of its own.</remarks>
public struct RandomStream
{
    private ulong _state;

    /// <summary>The stream that <paramref name="seed"/> begins.</summary>
    public RandomStream(ulong seed) => _state = seed;

    /// <summary>The next word.</summary>
    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>The next four words.</summary>
    public UserMoves NextFour() => new(Next(), Next(), Next(), Next());
}
