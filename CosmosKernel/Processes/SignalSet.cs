namespace MemOS.Processes;

/// <summary>Some of the 64 signals: signal n is bit n - 1, as in Linux's sigset_t.</summary>
public readonly struct SignalSet
{
    /// <summary>Those of the bits.</summary>
    public SignalSet(ulong bits) => Bits = bits;

    /// <summary>None.</summary>
    public static SignalSet None => default;

    /// <summary>The bits.</summary>
    public ulong Bits { get; }

    /// <summary>Whether there is none in it.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>The lowest number in it; 0 when there is none.</summary>
    public int First
    {
        get
        {
            int number = 1;
            for (ulong bits = Bits; bits != 0; bits >>= 1, number++)
            {
                if ((bits & 1) != 0) return number;
            }

            return 0;
        }
    }

    /// <summary>Signal <paramref name="number"/>, 1 to 64, alone.</summary>
    public static SignalSet Of(int number) => new(1UL << (number - 1));

    /// <summary>Whether it has signal <paramref name="number"/>.</summary>
    public bool Has(int number) => (Bits & Of(number).Bits) != 0;

    /// <summary>With one signal more.</summary>
    public SignalSet With(int number) => new(Bits | Of(number).Bits);

    /// <summary>With all of <paramref name="others"/>.</summary>
    public SignalSet With(SignalSet others) => new(Bits | others.Bits);

    /// <summary>Without any of <paramref name="others"/>.</summary>
    public SignalSet Without(SignalSet others) => new(Bits & ~others.Bits);

    /// <summary>What is in both.</summary>
    public SignalSet Intersect(SignalSet others) => new(Bits & others.Bits);
}
