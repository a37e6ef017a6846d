using System.Threading;
using MemOS.Hardware;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <content>Pages of the kernel's half that all read, and that come and go at the same few addresses with other frames behind them.</content>
/// <remarks>
/// What a place of the board has is a word: the page's address, and a number below 4096 that the next page there does not have. The same word stands in the page. Who
/// looks reads the place before and after: when it is the same, the page must have had the word, and not what an older page at that address had. All is
/// looked at before a processor is idle and at once afterwards, since flushes of the kernel's half pass it by meanwhile.
/// </remarks>
internal sealed unsafe partial class ProcessorStressWorker
{
    private const ulong NumberMask = PageNumber.SizeBytes - 1;

    private ulong _published;

    private void StepPublished()
    {
        ref ulong place = ref _board.PublishedAt(_place, _random.Below(ProcessorStressBoard.PublishedPages));
        if (place != 0) Withdraw(ref place);
        else Publish(ref place);
    }

    private void Publish(ref ulong place)
    {
        if (KernelMemory.Space.Allocate(1, PageFlags.Writable, out VirtAddr page) != KernelSpaceResult.Ok) return;
        ulong word = page.Value | (++_published & NumberMask);
        *WordOf(page, 0) = word;
        Volatile.Write(ref place, word);
    }

    private void Withdraw(ref ulong place)
    {
        VirtAddr page = VirtAddr.FromTrusted(place & ~NumberMask);
        Expect(*WordOf(page, 0) == place, "a published page's content has changed");
        Interlocked.Exchange(ref place, 0); // Seen before the page is gone.
        Expect(KernelMemory.Space.Free(page) == KernelSpaceResult.Ok, "a published page could not be freed");
    }

    private void LookAtPublished()
    {
        for (int owner = 0; owner < _board.Workers; owner++)
        {
            for (int index = 0; index < ProcessorStressBoard.PublishedPages; index++) LookAt(ref _board.PublishedAt(owner, index));
        }
    }

    private void LookAt(ref ulong place)
    {
        ulong word = Volatile.Read(ref place);
        if (word == 0) return;
        ulong read = 0;
        ProbeOutcome outcome = Cpu.ProbeCopy(
            VirtAddr.FromTrusted((ulong)&read), VirtAddr.FromTrusted(word & ~NumberMask), sizeof(ulong), out CosmosAddress _);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref place) != word) return;
        _counts.Looks++;
        Expect(!outcome.Faulted, "a published page cannot be read");
        Expect(outcome.Faulted || read == word, "a published page shows the frame of an older one");
    }

    private void EndPublished()
    {
        for (int index = 0; index < ProcessorStressBoard.PublishedPages; index++)
        {
            ref ulong place = ref _board.PublishedAt(_place, index);
            if (place != 0) Withdraw(ref place);
        }
    }
}
