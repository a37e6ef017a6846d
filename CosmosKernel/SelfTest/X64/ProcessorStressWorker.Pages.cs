using MemOS.Memory.KernelSpace;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <content>Pages of the kernel's half: written by one, read and freed by another.</content>
internal sealed unsafe partial class ProcessorStressWorker
{
    private const int MostRuns = 16;
    private const int MostPages = 12;

    private readonly ulong[] _runs = new ulong[MostRuns]; // As letters.
    private int _runCount;

    private void StepPages()
    {
        if (_runCount < MostRuns && _random.Below(2) == 0) AllocatePages();
        else if (_runCount != 0) FreeSomePages();
    }

    private void AllocatePages()
    {
        ulong pages = 1 + (ulong)_random.Below(MostPages);
        if (KernelMemory.Space.Allocate(pages, PageFlags.Writable, out VirtAddr start) != KernelSpaceResult.Ok) return;
        for (ulong page = 0; page < pages; page++) *WordOf(start, page) = start.Value + page;
        *(WordOf(start, 0) + 1) = pages;
        _runs[_runCount++] = start.Value | PagesLetter;
    }

    private void FreeSomePages()
    {
        int index = _random.Below(_runCount);
        ulong letter = _runs[index];
        _runs[index] = _runs[--_runCount];
        if (_random.Below(2) != 0 || !TryHandOver(letter)) TakePages(letter);
    }

    private void TakePages(ulong letter)
    {
        VirtAddr start = VirtAddr.FromTrusted(letter & ~LetterMask);
        ulong pages = *(WordOf(start, 0) + 1);
        for (ulong page = 0; page < pages; page++) Expect(*WordOf(start, page) == start.Value + page, "a page's content has changed");
        Expect(KernelMemory.Space.Free(start) == KernelSpaceResult.Ok, "pages could not be freed");
    }

    private void EndPages()
    {
        while (_runCount != 0) TakePages(_runs[--_runCount]);
    }

    // SAFETY: the pages are the worker's.
    private static ulong* WordOf(VirtAddr start, ulong page) => (ulong*)(start.Value + (page << PageNumber.Shift));
}
