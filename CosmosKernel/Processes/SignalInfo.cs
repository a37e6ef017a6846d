namespace MemOS.Processes;

/// <summary>A signal, and what the program is told of it (siginfo_t, sigaction(2)).</summary>
public readonly struct SignalInfo
{
    /// <summary>SI_USER: by kill.</summary>
    public const int ByUser = 0;

    /// <summary>SI_KERNEL: by the kernel, which says no more.</summary>
    public const int ByKernel = 0x80;

    /// <summary>SI_TKILL: by tkill or tgkill.</summary>
    public const int ByThread = -6;

    /// <summary>CLD_EXITED: the child has ended by itself.</summary>
    public const int ChildExited = 1;

    /// <summary>CLD_KILLED: a signal has ended the child.</summary>
    public const int ChildKilled = 2;

    /// <summary>CLD_STOPPED: a signal has stopped the child.</summary>
    public const int ChildStopped = 5;

    /// <summary>CLD_CONTINUED: the child goes on.</summary>
    public const int ChildContinued = 6;

    /// <summary>All of it.</summary>
    /// <param name="number">The signal.</param>
    /// <param name="code">Why it came.</param>
    /// <param name="first">The eight bytes from byte 16 on: an address, or the process and user that sent it.</param>
    /// <param name="second">The eight bytes from byte 24 on: a child's status, or a value.</param>
    public SignalInfo(int number, int code, ulong first, ulong second)
    {
        Number = number;
        Code = code;
        First = first;
        Second = second;
    }

    /// <summary>The signal.</summary>
    public int Number { get; }

    /// <summary>Why it came.</summary>
    public int Code { get; }

    /// <summary>An address, or the process and user that sent it.</summary>
    public ulong First { get; }

    /// <summary>A child's status, or a value.</summary>
    public ulong Second { get; }

    /// <summary>One that the kernel sends without more to say.</summary>
    public static SignalInfo FromKernel(int number) => new(number, ByKernel, 0, 0);

    /// <summary>One about an address, which need not be one that can be mapped.</summary>
    public static SignalInfo At(int number, int code, ulong place) => new(number, code, place, 0);

    /// <summary>One that a process sends.</summary>
    public static SignalInfo From(int number, int code, int processId, uint userId) => new(number, code, (uint)processId | (ulong)userId << 32, 0);

    /// <summary>What a parent is told of its child.</summary>
    public static SignalInfo OfChild(int number, int code, int processId, uint userId, int status) =>
        new(number, code, (uint)processId | (ulong)userId << 32, (uint)status);
}
