using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.SelfTest;

namespace MemOS.Tests.Fakes;

/// <summary>A processor that walks x86-64 tables in a <see cref="HostMemory"/> and keeps every translation until it is told to forget it.</summary>
public readonly unsafe struct HostPagingMachine : IPagingMachine
{
    private const ulong AccessedBit = 1UL << 5;
    private const ulong DirtyBit = 1UL << 6;

    private readonly State _state;

    public HostPagingMachine(HostMemory memory, HostTableFrames tables, PhysAddr root, FrameNumber block) => _state = new State(memory, tables, root, block);

    /// <summary>What goes wrong with it.</summary>
    public Flaw Flaw
    {
        set => _state.Flaw = value;
    }

    public ulong TableFrames => (ulong)_state.Tables.OutCount;

    public bool TryTake(Order order, out FrameNumber block)
    {
        block = _state.Block;
        return _state.Taken == null && (_state.Taken = order) != null;
    }

    public void GiveBack(FrameNumber block, Order order)
    {
        KernelAssert.That(block == _state.Block && order.Equals(_state.Taken), "HostPagingMachine: a block that is not out");
        _state.Taken = null;
    }

    public bool IsTaken => _state.Taken != null;

    public bool TryRead(VirtAddr address, out byte value)
    {
        value = 0;
        if (!TryUse(address, PageFlags.Present, AccessedBit, out byte* at)) return false;
        value = *at;
        return true;
    }

    public bool TryWrite(VirtAddr address, byte value)
    {
        if (!TryUse(address, PageFlags.Writable, _state.Flaw == Flaw.NeverDirty ? AccessedBit : AccessedBit | DirtyBit, out byte* at)) return false;
        *at = value;
        return true;
    }

    public bool TryExecute(VirtAddr address) =>
        TryUse(address, _state.Flaw == Flaw.ExecutesData ? PageFlags.Present : PageFlags.Executable, AccessedBit, out byte* at) && *at == 0xC3;

    public void Flush(PendingFlush pending)
    {
        if (_state.Flaw == Flaw.Forgetful) return;
        if (pending.IsEverything) _state.Held.Clear();
        ulong first = pending.Start.ContainingPage.Value;
        ulong count = pending.PageCount * pending.PageSizeBytes / PageNumber.SizeBytes;
        foreach (ulong page in _state.Held.Keys.Where(page => page - first < count).ToList()) _state.Held.Remove(page);
    }

    private bool TryUse(VirtAddr address, PageFlags right, ulong usage, out byte* at)
    {
        at = null;
        PageTableWalker<HostMemory, X64FourLevel> walker = new(_state.Memory, _state.Root);
        ulong page = address.ContainingPage.Value;
        if (!_state.Held.TryGetValue(page, out Translation held))
        {
            if (walker.Translate(address.ContainingPage.Start, out held) != PagingResult.Ok) return false;
            _state.Held[page] = held;
        }

        if ((held.Flags & right) == 0) return false;
        UsageSetter setter = new(_state.Memory, usage);
        walker.Explain(address, ref setter);
        at = _state.Memory.Pointer(held.Address + address.OffsetInPage);
        return true;
    }

    private readonly struct UsageSetter(HostMemory memory, ulong usage) : IWalkStepVisitor
    {
        public void Visit(in WalkStep step)
        {
            if (step.Kind is WalkStepKind.Absent or WalkStepKind.Reserved) return;
            ulong bits = step.Kind == WalkStepKind.Page ? usage : AccessedBit;
            memory.WriteWord(step.Table + ((ulong)step.Index * sizeof(ulong)), step.Entry | bits);
        }
    }

    private sealed class State(HostMemory memory, HostTableFrames tables, PhysAddr root, FrameNumber block)
    {
        public HostMemory Memory { get; } = memory;

        public HostTableFrames Tables { get; } = tables;

        public PhysAddr Root { get; } = root;

        public FrameNumber Block { get; } = block;

        public Dictionary<ulong, Translation> Held { get; } = [];

        public Order? Taken { get; set; }

        public Flaw Flaw { get; set; }
    }
}

/// <summary>What is wrong with a model processor.</summary>
public enum Flaw
{
    None = 0,

    /// <summary>It does not do what flushes ask for, as if none had been asked for.</summary>
    Forgetful,

    /// <summary>It executes whatever can be read.</summary>
    ExecutesData,

    /// <summary>It does not set the dirty bit.</summary>
    NeverDirty,
}
