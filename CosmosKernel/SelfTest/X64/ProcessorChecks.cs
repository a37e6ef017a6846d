using System;
using System.Threading;
using Cosmos.Core;
using MemOS.Hardware;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>The other processors, where there are any: they answer calls, run C# on their own stacks, and one that does not answer is named.</summary>
public static unsafe class ProcessorChecks
{
    private const int CallRounds = 1000;
    private const uint ShortLimitMilliseconds = 20;
    private const ulong LongSpinNanoseconds = 100_000_000;
    private const ulong WorkLimitNanoseconds = 5_000_000_000;

    private static readonly ulong[] s_runs = { 1, 8, 64, 200 };

    [ThreadStatic]
    private static int t_number;

    private static VirtAddr s_watched;
    private static ulong s_watchedPages;
    private static int s_calls;
    private static int s_failures;

    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("processors.each is its own, with its own number, stack and tables", Identities);
        suite.Add("processors.a thousand calls reach every other processor once each", Calls);
        suite.Add("processors.exceptions and thread statics are each processor's own", Exceptions);
        suite.Add("processors.what is unmapped none of them can read any more", Unmapped);
        TimerChecks.AddTo(suite);
        ShootdownChecks.AddTo(suite);
        FrameProcessorChecks.AddTo(suite);
        StopChecks.AddTo(suite);
        SharedBlockChecks.AddTo(suite);
        SharedObjectChecks.AddTo(suite);
        LockChecks.AddTo(suite);
        ThreadChecks.AddTo(suite);
        suite.Add("processors.one that does not answer is named and not waited for", Stuck);
    }

    private static void Identities(CheckRecorder recorder)
    {
        recorder.Equal(0, CrossCalls.Current.Value, "the boot processor's number");
        for (int number = 1; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            if (!RunOn(cpu, &Identify, recorder)) continue;
            recorder.Equal(0, s_failures, "processor " + number.ToString() + ": what is not its own");
        }
    }

    private static void Identify(CosmosAddress number)
    {
        ProcessorArea* area = Cpu.CurrentArea();
        byte* here = (byte*)&area;
        DescriptorTablePointer segments = default;
        Cpu.StoreGdt(&segments);
        int failures = area->Number == (int)number && CrossCalls.AreaOf(CpuId.FromTrusted((int)number)) == area ? 0 : 1;
        if (here < area->Thread.StackBottom || here >= area->Thread.StackTop) failures++;
        if (ApicId.Read(default(ProcessorCpuid)) != area->ApicId) failures++;
        if (segments.Address < (CosmosAddress)area->Tables || segments.Address >= (CosmosAddress)(area->Tables + 1)) failures++;
        Volatile.Write(ref s_failures, failures);
    }

    private static void Calls(CheckRecorder recorder)
    {
        int others = Processors.RunningCount - 1;
        s_calls = 0;
        for (int round = 0; round < CallRounds; round++)
        {
            bool hasEnded = CrossCalls.TryCall(CpuSet.FirstOnes(CrossCalls.Count), &CountCall, 1, out CpuId stuck);
            recorder.Expect(hasEnded, "no answer from " + stuck.ToString());
            if (!hasEnded) return;
        }

        recorder.Equal(others * CallRounds, s_calls, "calls carried out");
    }

    private static void CountCall(CosmosAddress count) => Interlocked.Add(ref s_calls, (int)count);

    private static void Exceptions(CheckRecorder recorder)
    {
        t_number = -1;
        for (int number = 1; number < CrossCalls.Count; number++)
        {
            CpuId cpu = CpuId.FromTrusted(number);
            for (int round = 0; round < 2; round++)
            {
                if (!RunOn(cpu, &Throw, recorder)) break;
                recorder.Equal(0, s_failures, "processor " + number.ToString() + ": what went wrong");
            }
        }

        recorder.Equal(-1, t_number, "the boot processor's thread static");
    }

    private static void Throw(CosmosAddress number)
    {
        int failures = 0;
        if (t_number != 0 && t_number != (int)number) failures++;
        t_number = (int)number;
        try
        {
            ThrowDeep((int)number, 5);
            failures++;
        }
        catch (Exception exception)
        {
            if (exception.Message != "processor " + number.ToString()) failures++;
        }

        if (t_number != (int)number) failures++;
        Volatile.Write(ref s_failures, failures);
    }

    private static void ThrowDeep(int number, int depth)
    {
        if (depth == 0) throw new InvalidOperationException("processor " + number.ToString());
        ThrowDeep(number, depth - 1);
    }

    private static void Unmapped(CheckRecorder recorder)
    {
        foreach (ulong pages in s_runs)
        {
            for (int number = 1; number < CrossCalls.Count; number++) UnmapWatched(CpuId.FromTrusted(number), pages, recorder);
        }
    }

    // The other processor reads each page, so that its buffers hold them; the pages are freed; then it must not find one.
    private static void UnmapWatched(CpuId cpu, ulong pages, CheckRecorder recorder)
    {
        if (!CrossCalls.IsRunning(cpu)) return;
        KernelSpaceResult made = KernelMemory.Space.Allocate(pages, PageFlags.Writable, out s_watched);
        recorder.Expect(made == KernelSpaceResult.Ok, "no pages to watch");
        if (made != KernelSpaceResult.Ok) return;
        for (ulong page = 0; page < pages; page++) *(ulong*)(s_watched + (page << PageNumber.Shift)).Value = page;
        s_watchedPages = pages;
        s_calls = 0;
        s_failures = -1;
        recorder.Expect(CrossCalls.TryStartWork(cpu, &Watch, 0), cpu.ToString() + " has work");
        ulong start = Clock.Nanoseconds;
        while (Volatile.Read(ref s_calls) == 0 && Clock.Nanoseconds - start < WorkLimitNanoseconds) Cpu.Pause();
        recorder.Expect(KernelMemory.Space.Free(s_watched) == KernelSpaceResult.Ok, "the pages cannot be freed");
        Volatile.Write(ref s_calls, 2);
        if (AwaitWork(cpu, recorder)) recorder.Equal(0, s_failures, cpu.ToString() + ": pages of " + pages.ToString() + " that it read wrongly, or after they were freed");
    }

    private static void Watch(CosmosAddress ignored)
    {
        _ = ignored;
        int failures = 0;
        for (ulong page = 0; page < s_watchedPages; page++)
        {
            bool isRead = !Cpu.ProbeRead8(s_watched + (page << PageNumber.Shift), out byte first).Faulted && first == (byte)page;
            if (!isRead) failures++;
        }

        Volatile.Write(ref s_calls, 1);
        while (Volatile.Read(ref s_calls) != 2) Cpu.Pause();
        for (ulong page = 0; page < s_watchedPages; page++)
        {
            if (!Cpu.ProbeRead8(s_watched + (page << PageNumber.Shift), out _).Faulted) failures++;
        }

        Volatile.Write(ref s_failures, failures);
    }

    private static void Stuck(CheckRecorder recorder)
    {
        if (CrossCalls.Count < 2 || !CrossCalls.IsRunning(CpuId.FromTrusted(1))) return;
        CpuId deaf = CpuId.FromTrusted(1);
        s_calls = 0;
        recorder.Expect(CrossCalls.TryStartWork(deaf, &SpinMasked, 0), "the processor has work");
        while (Volatile.Read(ref s_calls) == 0) Cpu.Pause();
        recorder.Expect(!CrossCalls.TryCall(CpuSet.Of(deaf), &CountCall, 1, out CpuId stuck, ShortLimitMilliseconds), "a processor answered that masks interrupts");
        recorder.Equal(deaf.Value, stuck.Value, "the processor that is named");
        AwaitWork(deaf, recorder);
        recorder.Expect(CrossCalls.TryCall(CpuSet.Of(deaf), &CountCall, 1, out _), "it does not answer afterwards");
        recorder.Equal(3, s_calls, "the late call and the next one, each once");
    }

    private static void SpinMasked(CosmosAddress ignored)
    {
        _ = ignored;
        bool wereOn = Cpu.DisableInterrupts();
        Interlocked.Increment(ref s_calls);
        ulong start = Clock.Nanoseconds;
        while (Clock.Nanoseconds - start < LongSpinNanoseconds) Cpu.Pause();
        Cpu.RestoreInterrupts(wereOn);
    }

    private static bool RunOn(CpuId cpu, delegate*<CosmosAddress, void> target, CheckRecorder recorder)
    {
        if (!CrossCalls.IsRunning(cpu)) return false;
        s_failures = -1;
        recorder.Expect(CrossCalls.TryStartWork(cpu, target, (CosmosAddress)(uint)cpu.Value), cpu.ToString() + " has work");
        return AwaitWork(cpu, recorder);
    }

    private static bool AwaitWork(CpuId cpu, CheckRecorder recorder)
    {
        ulong start = Clock.Nanoseconds;
        while (CrossCalls.HasWork(cpu) && Clock.Nanoseconds - start < WorkLimitNanoseconds) Cpu.Pause();
        recorder.Expect(!CrossCalls.HasWork(cpu), cpu.ToString() + " does not come to an end");
        return !CrossCalls.HasWork(cpu);
    }
}
