using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using MemOS.Shell;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>All processors at once do what one does in the other tests: frames, blocks, objects, pages, address spaces, collections.</summary>
/// <remarks>
/// <para>
/// Each processor that runs has a worker with a model of what it has (<see cref="ProcessorStressWorker"/>). What one allocates another may free: it
/// is handed over by a board of words. Pages that one unmaps the others try to read, at the old addresses. When the time is
/// up every worker gives back what it has; then as many frames are used, and for what, as before.
/// </para>
/// <para>A worker that does not come to its end is named with what it was doing: so a deadlock is found, and where.</para>
/// </remarks>
public sealed unsafe class ProcessorStress : IStress
{
    private const ulong ProgressLines = 10;
    private const ulong ClockPeriod = 64;
    private const ulong StartPeriod = 128;
    private const ulong EndMilliseconds = 20_000;

    // Slabs and tables that stay for the next time.
    private const long ToleratedFrames = 2048;

    private static ProcessorStressWorker?[] s_workers = new ProcessorStressWorker?[0];

    private readonly IWallClock _clock;

    /// <summary>Creates the test.</summary>
    /// <param name="clock">What tells when time is up.</param>
    public ProcessorStress(IWallClock clock) => _clock = clock;

    /// <inheritdoc/>
    public string Name => "smp";

    /// <inheritdoc/>
    public string? Run(ITerminal terminal, StressBudget budget)
    {
        ProcessorStressBoard board = new(Processors.RunningCount);
        if (!board.TryPrepare()) return "no memory for the test";
        TryCollect();
        FrameStatistics before = KernelMemory.Frames.Statistics;
        string? failure = Run(terminal, budget, board);
        s_workers = new ProcessorStressWorker?[0];
        board.Destroy();
        return failure ?? CompareWith(before) ?? Validate();
    }

    private string? Run(ITerminal terminal, StressBudget budget, ProcessorStressBoard board)
    {
        s_workers = new ProcessorStressWorker?[CrossCalls.Count];
        for (int number = 0, place = 0; number < s_workers.Length; number++)
        {
            if (CrossCalls.IsRunning(CpuId.FromTrusted(number))) s_workers[number] = new ProcessorStressWorker(board, place++, budget.Seed);
        }

        ulong start = _clock.Milliseconds;
        ProcessorStressWorker own = s_workers[0]!;
        ulong elapsed = 0;
        ulong said = 0;
        ulong operations = 0;
        while (board.IsWell && !budget.IsSpent(operations, elapsed))
        {
            own.StepOrFail();
            operations++;
            if (operations % StartPeriod == 0) StartOthers();
            if (operations % ClockPeriod == 0) elapsed = _clock.Milliseconds - start;
            ulong share = budget.Operations != 0 ? operations * ProgressLines / budget.Operations : elapsed * ProgressLines / (budget.Seconds * 1000);
            if (share == said) continue;
            said = share;
            terminal.WriteLine("  " + Sum().Operations.ToString() + " operations");
        }

        board.AskToEnd();
        own.EndOrFail();
        string? stuck = AwaitOthers();
        if (stuck != null) return stuck;
        if (!board.IsWell) return board.Failure;
        board.FreeLetters(own);
        ProcessorStressCounts sum = Sum();
        terminal.WriteLine(Processors.RunningCount.ToString() + (Processors.RunningCount == 1 ? " processor: " : " processors: ") + sum.Operations.ToString() + " operations in " + (_clock.Milliseconds - start).ToString() + " ms, "
            + sum.HandedOver.ToString() + " things handed over, " + sum.Collections.ToString() + " collections asked for, " + sum.Forks.ToString() + " forks");
        terminal.WriteLine(sum.Looks.ToString() + " looks through mappings of others, " + sum.Faults.ToString() + " of them faults that were due");
        return board.IsWell ? null : board.Failure;
    }

    private static void RunWorker(CosmosAddress number) => s_workers[(int)number]!.RunToPause();

    // Those that are idle: all at first, and each now and then.
    private static void StartOthers()
    {
        for (int number = 1; number < s_workers.Length; number++)
        {
            if (s_workers[number] is { HasEnded: false }) CrossCalls.TryStartWork(CpuId.FromTrusted(number), &RunWorker, (CosmosAddress)(uint)number);
        }
    }

    private string? AwaitOthers()
    {
        ulong start = _clock.Milliseconds;
        for (int number = 1; number < s_workers.Length; number++)
        {
            if (s_workers[number] is not { } worker) continue;
            while (!worker.HasEnded)
            {
                StartOthers();
                if (_clock.Milliseconds - start > EndMilliseconds) return "processor " + number.ToString() + " does not come to an end: " + worker.Doing;
                Cpu.Pause();
            }

            while (CrossCalls.HasWork(CpuId.FromTrusted(number))) Cpu.Pause();
        }

        return null;
    }

    private static ProcessorStressCounts Sum()
    {
        ProcessorStressCounts sum = default;
        foreach (ProcessorStressWorker? worker in s_workers)
        {
            if (worker != null) sum.Add(in worker.Counts);
        }

        return sum;
    }

    private static string? CompareWith(FrameStatistics before)
    {
        TryCollect();
        KernelMemory.Heap.Trim();
        FrameStatistics after = KernelMemory.Frames.Statistics;
        long lost = (long)(after.Used - before.Used);
        return lost <= ToleratedFrames ? null : lost.ToString() + " frames are lost";
    }

    private static string? Validate()
    {
        if (KernelMemory.Heap.Validate() != HeapInvariant.None) return "an invariant of the heap is broken";
        if (KernelMemory.Objects.Validate() != HeapInvariant.None) return "an invariant of the objects' heap is broken";
        return KernelMemory.Frames.Validate() ?? KernelMemory.Space.Validate();
    }

    private static void TryCollect()
    {
        System.GC.Collect();
        System.GC.WaitForPendingFinalizers();
        System.GC.Collect();
    }
}
