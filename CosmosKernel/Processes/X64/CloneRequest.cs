namespace MemOS.Processes;

/// <summary>What fork, vfork and clone ask for (clone(2)): a child that is a copy, or one that runs on its parent's memory while that waits.</summary>
internal readonly struct CloneRequest
{
    private const ulong SignalMask = 0xFF;
    private const ulong SharesMemory = 0x100;
    private const ulong WaitsForChild = 0x4000;
    private const ulong SetsThreadBase = 0x8_0000;
    private const ulong StoresInParentFlag = 0x10_0000;
    private const ulong ClearsWord = 0x20_0000;
    private const ulong NotTraced = 0x80_0000;
    private const ulong StoresInChildFlag = 0x100_0000;
    private const ulong Known =
        SignalMask | SharesMemory | WaitsForChild | SetsThreadBase | StoresInParentFlag | ClearsWord | NotTraced | StoresInChildFlag;

    private readonly ulong _flags;

    private CloneRequest(ulong flags, in CallArguments call)
    {
        _flags = flags;
        Stack = call.B;
        ParentWord = call.C;
        ChildWord = call.D;
        ThreadBase = call.E;
    }

    private CloneRequest(ulong flags)
    {
        this = default;
        _flags = flags;
    }

    /// <summary>A copy.</summary>
    internal static CloneRequest Fork => new((ulong)Signal.Child);

    /// <summary>One that borrows.</summary>
    internal static CloneRequest VFork => new((ulong)Signal.Child | SharesMemory | WaitsForChild);

    /// <summary>The child's stack pointer; 0 for the parent's.</summary>
    internal ulong Stack { get; }

    /// <summary>Where the parent is told the child's number.</summary>
    internal ulong ParentWord { get; }

    /// <summary>Where the child is told its number, or wants it cleared at its end.</summary>
    internal ulong ChildWord { get; }

    /// <summary>The child's base of FS.</summary>
    internal ulong ThreadBase { get; }

    /// <summary>The signal that tells of the child's end.</summary>
    internal int ExitSignal => (int)(_flags & SignalMask);

    /// <summary>Whether it asks for nothing that there is not: threads, which share memory and go on both, are not here.</summary>
    internal bool IsKnown => (_flags & ~Known) == 0 && ExitSignal <= Signal.Last && (!Lends || Waits);

    /// <summary>Whether the child runs on its parent's memory.</summary>
    internal bool Lends => (_flags & SharesMemory) != 0;

    /// <summary>Whether the parent waits until the child begins another program or ends.</summary>
    internal bool Waits => (_flags & WaitsForChild) != 0;

    /// <summary>Whether the child gets a base of FS.</summary>
    internal bool SetsBase => (_flags & SetsThreadBase) != 0;

    /// <summary>Whether the parent is told the number.</summary>
    internal bool StoresInParent => (_flags & StoresInParentFlag) != 0;

    /// <summary>Whether the child is.</summary>
    internal bool StoresInChild => (_flags & StoresInChildFlag) != 0;

    /// <summary>Whether the word is cleared at the child's end.</summary>
    internal bool Clears => (_flags & ClearsWord) != 0;

    /// <summary>What clone asks for.</summary>
    internal static CloneRequest Of(in CallArguments call) => new(call.A, in call);
}
