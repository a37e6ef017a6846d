using MemOS.Collections;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>What a processor asks others to forget. They read it until they have answered; it is written again after the last of them has.</summary>
internal unsafe struct FlushRequest
{
    private const ulong KernelBit = 1;
    private const ulong EverythingBit = 2;
    private const ulong GlobalBit = 4;
    private const ulong TablesBit = 8;
    private const int CountShift = 8;

    private ulong _kind;
    private ulong _space;
    private ulong _generation;
    private fixed ulong _pages[AddressBatch.Capacity];

    /// <summary>Writes a request about a space's own half.</summary>
    internal void Write<TWords>(TWords words, ulong space, ulong generation, in FlushBatch batch)
        where TWords : struct, ISharedWords
    {
        words.Write(ref _space, space);
        Fill(words, 0, generation, in batch);
    }

    /// <summary>Writes a request about the kernel's half.</summary>
    internal void WriteKernel<TWords>(TWords words, ulong generation, in FlushBatch batch)
        where TWords : struct, ISharedWords => Fill(words, KernelBit, generation, in batch);

    /// <summary>Adds what the processor of <paramref name="spaces"/> has to forget for the request, and counts it as forgotten.</summary>
    internal void Accept<TWords>(TWords words, ref LoadedSpaces spaces, ref FlushBatch batch)
        where TWords : struct, ISharedWords
    {
        ulong kind = words.Read(ref _kind);
        ulong generation = words.Read(ref _generation);
        bool isKernel = (kind & KernelBit) != 0;
        FlushNeed need = isKernel ? spaces.AcceptKernel(generation) : spaces.Accept(words.Read(ref _space), generation);
        if (need == FlushNeed.Nothing) return;
        if (isKernel && (kind & TablesBit) != 0) spaces.CountKernelTables();
        if (need == FlushNeed.Named) AddTo(words, kind, ref batch);
        else batch.Add(PendingFlush.Everything(isKernel ? FlushScope.Global : FlushScope.AddressSpace));
    }

    private void Fill<TWords>(TWords words, ulong kind, ulong generation, in FlushBatch batch)
        where TWords : struct, ISharedWords
    {
        words.Write(ref _generation, generation);
        if (batch.PageCount == 0) kind |= EverythingBit;
        if (batch.IncludesGlobal) kind |= GlobalBit;
        if (batch.DropsTables) kind |= TablesBit;
        words.Write(ref _kind, kind | (ulong)(uint)batch.PageCount << CountShift);
        // SAFETY: a batch has no more pages than there is room for.
        for (int page = 0; page < batch.PageCount; page++) words.Write(ref _pages[page], batch.PageAt(page).Value);
    }

    private void AddTo<TWords>(TWords words, ulong kind, ref FlushBatch batch)
        where TWords : struct, ISharedWords
    {
        FlushScope scope = (kind & GlobalBit) != 0 ? FlushScope.Global : FlushScope.AddressSpace;
        if ((kind & EverythingBit) != 0) batch.Add(PendingFlush.Everything(scope));
        int count = (int)(kind >> CountShift);
        for (int page = 0; page < count; page++) batch.AddPage(VirtAddr.FromTrusted(words.Read(ref _pages[page])), scope);
    }
}
