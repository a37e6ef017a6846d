using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <content>The processors: what each has for itself, where it is, and what became of its requests.</content>
public unsafe partial struct PhysicalMemory<TMemory, TProcessor>
{
    /// <summary>Makes what a processor needs before it works with the frames; the running processor is another, or this is the start.</summary>
    /// <param name="locals">What is the processor's own.</param>
    /// <param name="storage"><see cref="ProcessorBytes"/> bytes at a multiple of 64, to keep.</param>
    /// <param name="node">Where it is: its requests start there.</param>
    /// <remarks>One at a time; sums that others take meanwhile have it or not.</remarks>
    public void AddProcessor(ProcessorLocals* locals, byte* storage, NodeId node)
    {
        PerCpuCache* caches = (PerCpuCache*)storage;
        PerCpuCache* largeCaches = caches + ZoneCount + 1;
        caches[ZoneCount] = default; // Nothing is ever put into these two.
        largeCaches[ZoneCount] = default;
        FrameFront* front = FrameFront.Create(locals, caches, largeCaches, in _table, _fronts);
        front->SetHome(node, in _zones);
        for (int i = 0; i < ZoneCount; i++) _zones.At(i)->AddCaches(_processor, &caches[i], &largeCaches[i]);
        _fronts = front;
    }

    /// <summary>Says that the running processor is of <paramref name="node"/>: its requests start there.</summary>
    public readonly void SetHome(NodeId node) => Front->SetHome(node, in _zones);

    /// <summary>Says how to have every other processor that runs drain its caches; without, and while a lock is held, they are not asked.</summary>
    /// <param name="ask">Returns when they have, or when it is no use to wait longer.</param>
    public void AskOthersBy(delegate*<void> ask) => _askOthers = ask;

    /// <summary>Gives what the running processor's caches have back to the zones.</summary>
    public readonly void Drain()
    {
        FrameFront* front = Front;
        for (int i = 0; i < ZoneCount; i++) Drain(front, i);
    }

    /// <summary>Gives what the caches of all processors have back to the zones, as far as they can be asked.</summary>
    public readonly void DrainAll()
    {
        Drain();
        TryAskOthers();
    }

    /// <summary>What became of the requests for the memory of <paramref name="node"/> and from it.</summary>
    public readonly NodeStatistics StatisticsOf(NodeId node)
    {
        ulong served = 0;
        ulong others = 0;
        for (byte zone = _zones.NodeAt(node)->Highest; zone != Zone.None; zone = _zones.At(zone)->Below)
        {
            served += _zones.At(zone)->Served;
            others += _zones.At(zone)->ServedOthers;
        }

        return new NodeStatistics(served - others, others, _zones.NodeAt(node)->Missed);
    }

    /// <summary>What became of the requests of a processor; false when it was not added.</summary>
    public readonly bool TryStatisticsOf(CpuId cpu, out ProcessorStatistics statistics)
    {
        FrameFront* front = _fronts;
        while (front != null && front->Number != cpu.Value) front = front->Next;
        statistics = front == null ? default : new ProcessorStatistics(
            front->Home, front->ServedByCaches(ZoneCount), front->Served, front->Missed, front->CachedFrames(ZoneCount));
        return front != null;
    }

    private readonly void Drain(FrameFront* front, int zone) => _zones.At(zone)->Drain(_processor, front->CacheAt(zone), front->LargeCacheAt(zone));

    /// <summary>Has the other processors drain their caches; false when they cannot be asked.</summary>
    private readonly bool TryAskOthers()
    {
        if (_askOthers == null || _fronts->Next == null || _processor.HeldRanks != 0) return false;
        _askOthers();
        return true;
    }
}
