using MemOS.Hardware;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <content>Who runs it, and what it waits for: the process table's, see <see cref="ProcessTable"/>.</content>
public sealed unsafe partial class Process
{
    /// <summary>No processor's number.</summary>
    internal const int Nowhere = -1;

    /// <summary>The processor that runs it, or <see cref="Nowhere"/>.</summary>
    public int Processor { get; internal set; } = Nowhere;

    /// <summary>Whether a processor runs it.</summary>
    public bool IsRunning => Processor != Nowhere;

    /// <summary>The processor that ran it last; at first, the one that is to.</summary>
    public int Home { get; internal set; }

    /// <summary>How many system calls it has made.</summary>
    public ulong CallCount { get; private set; }

    /// <summary>The queue that it is in, by its processor, or <see cref="Nowhere"/>.</summary>
    internal int Queue { get; set; } = Nowhere;

    /// <summary>The next in the queue.</summary>
    internal Process? NextReady { get; set; }

    /// <summary>Whether it was ever put into a queue.</summary>
    internal bool IsStarted { get; set; }

    /// <summary>Whether it is not to run for now, because somebody looks at its memory.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Whether what it waits for may have come since it looked.</summary>
    internal bool MustLook { get; set; }

    /// <summary>What it waits for when it does.</summary>
    internal AwaitedEvent Awaited { get; private set; }

    /// <summary>Whose change it waits for when it waits for a file; null for any.</summary>
    internal object? AwaitedSource { get; private set; }

    /// <summary>When it looks again whatever comes, in milliseconds since power-on; 0 for never.</summary>
    internal long LookTime { get; set; }

    /// <summary>Whether objects were collected for it in this turn.</summary>
    internal bool HasCollected { get; set; }

    /// <summary>The earliest time that something happens to it that waits: it wakes, looks again, or gets SIGALRM; 0 for never.</summary>
    internal long NextTime
    {
        get
        {
            long next = Earlier(WakeTime, LookTime);
            return Earlier(next, _alarm.Time);
        }
    }

    /// <summary>The earlier of two times, where 0 is never.</summary>
    internal static long Earlier(long first, long second) => first == 0 || (second != 0 && second < first) ? second : first;

    /// <summary>It waits for what its system call, which is made again, asks for.</summary>
    internal void BeginWait()
    {
        State = ProcessState.Waiting;
        AwaitedSource = null;
        switch (_state.Context->Rax)
        {
            case LinuxCall.Read or LinuxCall.ReadV or LinuxCall.Write or LinuxCall.WriteV:
                Awaited = AwaitedEvent.File;
                AwaitedSource = Files.Find(_state.Context->Rdi)?.Source;
                break;
            case LinuxCall.Poll or LinuxCall.PPoll or LinuxCall.Select or LinuxCall.PSelect:
                Awaited = AwaitedEvent.File;
                break;
            case LinuxCall.Wait4 or LinuxCall.Fork or LinuxCall.VFork or LinuxCall.Clone:
                Awaited = AwaitedEvent.Child;
                break;
            default:
                Awaited = AwaitedEvent.Other;
                break;
        }
    }

    // A processor that ran it and has not gone over to other tables since does so now.
    private void LeaveTables() => CrossCalls.TryCall(CpuSet.FirstOnes(CrossCalls.Count), &Leave, (CosmosAddress)_space->Id, out _);

    // Nobody is about to go to ring 3 under tables that are to be destroyed.
    private static void Leave(CosmosAddress space)
    {
        if (LocalTlb.Spaces.IsLoaded(space)) KernelMemory.Space.Load();
    }
}
