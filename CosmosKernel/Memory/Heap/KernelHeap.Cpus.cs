using MemOS.Primitives;

namespace MemOS.Memory.Heap;

/// <content>Each CPU's magazines.</content>
public unsafe partial struct KernelHeap<TPages>
{
    private const uint BundlesPerCpu = 2;

    /// <summary>Gives a CPU magazines of its own; false when there is no memory for them, nothing is kept then.</summary>
    public bool TryAddCpu(CpuId cpu)
    {
        KernelAssert.That(FrontOf(cpu) == null, "KernelHeap: the CPU has magazines");
        uint frontBytes = (uint)sizeof(HeapFront);
        uint totalBytes = frontBytes;
        for (uint i = 0; i < _store.ClassCount; i++) totalBytes += MagazineBytes(i);
        nuint pageCount = (nuint)PageNumber.CountFor(totalBytes);
        if (!_store.TryTakeTablePages(pageCount, out byte* memory)) return false;

        // SAFETY: the front and its magazines follow each other in the bytes counted above.
        HeapFront* front = (HeapFront*)memory;
        HeapFront.Initialize(front, cpu.Value);
        byte* next = memory + frontBytes;
        for (uint i = 0; i < _store.ClassCount; i++)
        {
            Magazine.Initialize((Magazine*)next, i, _store.Cache(i)->ObjectSize, CapacityOf(i));
            HeapFront.SetMagazine(front, i, (Magazine*)next);
            next += MagazineBytes(i);
        }

        for (uint entry = 0; entry < SizeClasses.FineEntries; entry++) HeapFront.SetClassOfEntry(front, entry, _store.ClassOfEntry(entry));
        front->Next = _fronts;
        _fronts = front;
        _ownPages += pageCount;
        _depot.MostBundles += BundlesPerCpu;
        return true;
    }

    /// <summary>From now on calls go through the magazines of <paramref name="cpu"/>, which has been added: the running CPU's, always.</summary>
    public void RunOn(CpuId cpu)
    {
        HeapFront* front = FrontOf(cpu);
        KernelAssert.That(front != null, "KernelHeap: the CPU has no magazines");
        _own = front;
        if (_closed == null) _front = front;
    }

    private readonly uint CapacityOf(uint classIndex) => Magazine.CapacityFor(_store.Cache(classIndex)->ObjectSize);

    private readonly uint MagazineBytes(uint classIndex) => Magazine.SizeFor(CapacityOf(classIndex));

    private readonly HeapFront* FrontOf(CpuId cpu)
    {
        HeapFront* front = _fronts;
        while (front != null && front->Cpu != cpu.Value) front = front->Next;
        return front;
    }
}
