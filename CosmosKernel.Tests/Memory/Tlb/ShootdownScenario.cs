using System;
using System.Collections.Generic;
using MemOS.Collections;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;
using MemOS.Tests.Interleavings;

namespace MemOS.Tests.Memory.Tlb;

/// <summary>
/// Processors that flush, switch and rest in the order that an explorer chooses. Each has buffers that keep all they may: one user's page of a space
/// and one page of the kernel's half, each behind a table entry that is a shared word. Reaching a frame after it was given away is the fault.
/// </summary>
public abstract unsafe class ShootdownScenario<TWords> : Scenario
    where TWords : struct, ISharedWords
{
    protected const ulong OldFrame = 1;
    protected const ulong NewFrame = 2;

    private const int MostProcessors = 3;
    private const int NumberCount = 2;

    protected static readonly VirtAddr UserPage = VirtAddr.FromTrusted(0x40_0000);
    protected static readonly VirtAddr KernelPage = VirtAddr.FromTrusted(0xFFFF_C000_0000_0000);

    private static readonly PhysAddr s_kernelRoot = PhysAddr.FromTrusted(0x1000);
    private static readonly PhysAddr s_userRoot = PhysAddr.FromTrusted(0x2000);

    [ThreadStatic]
    private static ShootdownScenario<TWords>? t_scenario;

    [ThreadStatic]
    private static int t_processor;

    [ThreadStatic]
    private static int t_seen;

    private readonly Buffers[] _buffers;

    protected ShootdownScenario(int processors)
    {
        Processors = processors;
        _buffers = new Buffers[processors];
        Words = Share<SharedState>();
        Words->Kernel = new SpaceTag(1);
        Words->Space = new SpaceTag(2);
        Words->UserEntry = OldFrame;
        Words->KernelEntry = OldFrame;
        BrokenWords.Aim(&Words->Space, RecordOf(0));
        t_scenario = this;
        for (int processor = 0; processor < processors; processor++)
        {
            _buffers[processor] = new Buffers(s_kernelRoot);
            byte* slots = Words->Slots + (processor * (int)StructArray<SpaceSlot>.BytesFor(NumberCount));
            ProcessorTlb* record = RecordOf(processor);
            record->Number = processor;
            record->Spaces = new LoadedSpaces(new StructArray<SpaceSlot>(slots, NumberCount), 1, processor);
            t_processor = processor;
            new Shootdown<MachineWords, Peers, Instructions>(default, default, default).Join();
        }
    }

    public override int Processors { get; }

    protected SharedState* Words { get; }

    private static Shootdown<TWords, Peers, Instructions> Shootdown => new(default, default, default);

    private static ExploredWords Data => default;

    public override void Run(int processor)
    {
        t_scenario = this;
        t_processor = processor;
        Act(processor);
        Data.Add(ref Words->Ended, 1);
        t_seen = Execution.Current.Commits;
        while (Data.Read(ref Words->Ended) != Processors)
        {
            Poll();
            WaitForChange();
        }
    }

    public override string? Check()
    {
        for (int processor = 0; processor < Processors; processor++)
        {
            TlbCounters counters = RecordOf(processor)->Counters;
            if (counters.Interrupts + counters.Merged + counters.Skipped != counters.Requests * (ulong)(Processors - 1)) return "asked and skipped do not add up";
        }

        return null;
    }

    /// <summary>What the processor does, up to where it only answers.</summary>
    protected abstract void Act(int processor);

    /// <summary>Before the scenario begins: a processor goes over to the space and knows both pages.</summary>
    protected void Prepare(int processor)
    {
        t_processor = processor;
        new Shootdown<MachineWords, Peers, Instructions>(default, default, default).Switch(s_userRoot, ref Words->Space);
        _buffers[processor].Hold(UserPage, OldFrame);
        _buffers[processor].Hold(KernelPage, OldFrame);
    }

    /// <summary>Before the scenario begins: the same, and the processor leaves the space again, of which it keeps what it knows.</summary>
    protected void PrepareAway(int processor)
    {
        Prepare(processor);
        new Shootdown<MachineWords, Peers, Instructions>(default, default, default).Switch(s_kernelRoot, ref Words->Kernel);
    }

    protected void LoadSpace() => Shootdown.Switch(s_userRoot, ref Words->Space);

    protected void LoadKernel() => Shootdown.Switch(s_kernelRoot, ref Words->Kernel);

    /// <summary>Gives the user's page another frame, and the old one away.</summary>
    protected void ReplaceUserPage(ulong frame = NewFrame)
    {
        Data.Write(ref Words->UserEntry, frame);
        Shootdown.Flush(ref Words->Space, PendingFlush.Page(UserPage, PageNumber.Shift, FlushScope.AddressSpace));
        Data.Write(ref Words->OldUserFrameIsGiven, 1);
    }

    protected void ReplaceKernelPage()
    {
        Data.Write(ref Words->KernelEntry, NewFrame);
        Shootdown.FlushKernel(PendingFlush.Page(KernelPage, PageNumber.Shift, FlushScope.Global));
        Data.Write(ref Words->OldKernelFrameIsGiven, 1);
    }

    /// <summary>An instruction that reads the page; no interrupt comes in the midst of it.</summary>
    protected void ReadUserPage() => Reach(UserPage, ref Words->UserEntry, ref Words->OldUserFrameIsGiven);

    protected void ReadKernelPage() => Reach(KernelPage, ref Words->KernelEntry, ref Words->OldKernelFrameIsGiven);

    protected void Rest() => Shootdown.Rest();

    protected void Wake() => Shootdown.Wake();

    /// <summary>An interrupt that is on its way comes.</summary>
    protected void Poll()
    {
        if (Data.Read(ref Words->Pending[t_processor]) == 0) return;
        Data.Exchange(ref Words->Pending[t_processor], 0);
        Shootdown.Wake();
        Shootdown.Serve();
    }

    // In a loop that looks at several words: blocks when none has changed since it began its round.
    private static void WaitForChange()
    {
        Execution execution = Execution.Current;
        if (t_seen == execution.Commits) execution.WaitForAny();
        t_seen = execution.Commits;
    }

    private ProcessorTlb* RecordOf(int processor) => (ProcessorTlb*)(Words->Records + (processor * ProcessorTlb.SizeBytes));

    private void Reach(VirtAddr page, ref ulong entry, ref int isGiven)
    {
        Buffers buffers = _buffers[t_processor];
        if (!buffers.TryFind(page, out ulong frame)) buffers.Hold(page, frame = Data.Read(ref entry));
        if (frame == OldFrame && Data.Read(ref isGiven) != 0) throw new InvalidOperationException($"{page} still reaches the frame that was given away");
    }

    public struct SharedState
    {
        internal fixed byte Records[MostProcessors * ProcessorTlb.SizeBytes];
        internal fixed byte Slots[MostProcessors * NumberCount * 32];
        internal fixed int Pending[MostProcessors];
        internal SpaceTag Kernel;
        internal SpaceTag Space;
        internal ulong UserEntry;
        internal ulong KernelEntry;
        internal ulong KernelFlushes;
        internal int OldUserFrameIsGiven;
        internal int OldKernelFrameIsGiven;
        internal int Present;
        internal int Ended;
    }

    /// <summary>What a processor holds.</summary>
    private sealed class Buffers(PhysAddr root)
    {
        private readonly Dictionary<(int Number, VirtAddr Page), ulong> _held = [];
        private PhysAddr _root = root;
        private int _number;

        public void Hold(VirtAddr page, ulong frame) => _held[(page.IsUpperHalf ? -1 : _number, page)] = frame;

        public bool TryFind(VirtAddr page, out ulong frame)
        {
            if (!page.IsUpperHalf && _root != s_userRoot) throw new InvalidOperationException("a user's page is read without its space");
            return _held.TryGetValue((page.IsUpperHalf ? -1 : _number, page), out frame);
        }

        public void Forget(VirtAddr page) => _held.Remove((page.IsUpperHalf ? -1 : _number, page));

        public void ForgetNumber(int number)
        {
            foreach ((int Number, VirtAddr Page) key in _held.Keys)
            {
                if (key.Number == number) _held.Remove(key);
            }
        }

        public void ForgetLoaded() => ForgetNumber(_number);

        public void ForgetAll() => _held.Clear();

        public void Load(PhysAddr root, int number, HeldTranslations held)
        {
            _root = root;
            _number = number;
            if (held == HeldTranslations.Forgotten) ForgetNumber(number);
        }
    }

    private readonly struct Instructions : ITlbInstructions
    {
        private static Buffers Own => t_scenario!._buffers[t_processor];

        public void InvalidatePage(VirtAddr page) => Own.Forget(page);

        public void InvalidateLoaded() => Own.ForgetLoaded();

        public void InvalidateAll() => Own.ForgetAll();

        public void LoadRoot(PhysAddr root, int number, HeldTranslations held) => Own.Load(root, number, held);
    }

    private readonly struct Peers : IFlushPeers
    {
        public ProcessorTlb* Own => Of(t_processor);

        public int Count => t_scenario!.Processors;

        public ref ulong KernelFlushes => ref t_scenario!.Words->KernelFlushes;

        public ref int Present => ref t_scenario!.Words->Present;

        public ulong Now => (ulong)(t_seen = Execution.Current.Commits);

        public ProcessorTlb* Of(int number) => t_scenario!.RecordOf(number);

        public void Interrupt(int number) => Data.Exchange(ref t_scenario!.Words->Pending[number], 1);

        public void Wait(CpuId number, ulong since) => WaitForChange();
    }
}
