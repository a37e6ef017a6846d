using System.Numerics;
using System.Runtime.CompilerServices;
using MemOS.Collections;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Tlb;

/// <summary>Switches and flushes of several processors: who changes tables makes the others forget, those of them that need to.</summary>
/// <remarks>
/// <para>
/// <b>Requests.</b> A flush is carried out by the processor that makes it, and posted for the others in memory of its own (<see cref="FlushRequest"/>).
/// It sets its bit in the inbox of each that has to forget; one whose inbox was empty is interrupted, to another an interrupt is on its way
/// already: so one interrupt serves many requests, and one request serves all that it gathers. A processor takes its
/// whole inbox by one exchange, forgets what the requests name, or, when they are many pages together, everything once, and then clears its
/// bit among those that each of the askers waits for. A flush returns when none is left; frames and tables are freed after that.
/// </para>
/// <para>
/// <b>Who is asked: a space's own half.</b> The space knows its users, the processors that have it loaded, and counts its flushes. A switch
/// first makes the processor a user, then reads the count; a flush first counts, then reads the users. Both
/// steps between are full fences. So of a switch and a flush at the same time one sees the other: the flush asks the processor, or the switch
/// sees the count and forgets what it held. It fills its buffers again from tables as they are after the change, because the change was written
/// before the count. A processor is a user until it has left the space. One that is none keeps what it holds, and the count tells
/// when it comes back (<see cref="LoadedSpaces"/>).
/// </para>
/// <para>
/// <b>Who is asked: the kernel's half.</b> All use it, but one that waits for an interrupt uses no page that could be freed: its stack, its
/// tables, and the code that it waits in. It says that it rests, and before it does anything for the interrupt it says that it is awake and
/// then compares how many flushes of the kernel's half there were with how many it has carried out: when they differ it forgets everything. A flush
/// counts first and then reads who rests, with a fence in either between, as above. (It does not do to read at the beginning of
/// the rest how many there were: one that is counted by then may yet find the processor resting.) When tables go out of use those at rest are asked too: a
/// processor may walk on its own account, and would write accessed bits into what is no table any more.
/// </para>
/// <para>
/// <b>Waiting.</b> Interrupts are masked from posting until the last answer, and a processor that waits serves its own inbox: two that ask each
/// other both go on. Locks of an address space may be held, which serve the inbox while they are waited for, but none of a zone. A
/// processor that never answers is reported by who waits, who does not go on.
/// </para>
/// <para>
/// <b>Invariants.</b> (I1) When a flush has returned, no processor uses what it names under the tables that it has loaded, nor will it. (I2) A bit
/// in an inbox is followed by an interrupt of that processor, or by its next look. (I3) Who is among the awaited reads the request, and clears its bit
/// after its last read. (I4) A request asks or skips each processor present but its own, so interrupts, merged and skipped add up.
/// <b>Locking.</b> None. <b>Cost.</b> One locked instruction a flush where nobody else uses the space; a line of the cache each way and
/// an interrupt for each that does.
/// </para>
/// <para>
/// Sources: Black, Rashid, Golub, Hill, Baron, "Translation lookaside buffer consistency: a software approach", ASPLOS 1989; Intel SDM vol. 3A,
/// 4.10.5 (propagation of changes to several processors), 9.2 (order of memory accesses).
/// </para>
/// </remarks>
public readonly unsafe struct Shootdown<TWords, TPeers, TInstructions>
    where TWords : struct, ISharedWords
    where TPeers : struct, IFlushPeers
    where TInstructions : struct, ITlbInstructions
{
    private readonly TWords _words;
    private readonly TPeers _peers;
    private readonly TInstructions _instructions;

    /// <summary>The shootdown as the processor has it that runs this.</summary>
    public Shootdown(TWords words, TPeers peers, TInstructions instructions)
    {
        _words = words;
        _peers = peers;
        _instructions = instructions;
    }

    /// <summary>Makes this processor, which runs the kernel now, one of those that are asked.</summary>
    public void Join()
    {
        _words.Add(ref _peers.Present, 1);
        _words.Exchange(ref _peers.Own->Rest, (int)ProcessorRest.Awake);
        ForgetAll(_peers.Own, _words.Read(ref _peers.KernelFlushes));
    }

    /// <summary>This processor is about to wait for an interrupt, with interrupts masked until it does; <see cref="Wake"/> comes before anything else.</summary>
    public void Rest() => _words.Write(ref _peers.Own->Rest, (int)ProcessorRest.Resting);

    /// <summary>Ends a rest; nothing is done when there is none. Interrupts are masked.</summary>
    public void Wake()
    {
        ProcessorTlb* own = _peers.Own;
        if (_words.Read(ref own->Rest) == (int)ProcessorRest.Awake) return;
        _words.Exchange(ref own->Rest, (int)ProcessorRest.Awake);
        // After that: a flush that saw it rest is counted here.
        ulong flushes = _words.Read(ref _peers.KernelFlushes);
        if (own->Spaces.HasSeenKernel(flushes)) return;
        ForgetAll(own, flushes);
        own->Counters.CaughtUp++;
    }

    /// <summary>Makes this processor go over to the tables under <paramref name="root"/>. Interrupts are masked.</summary>
    public HeldTranslations Switch(PhysAddr root, ref SpaceTag space)
    {
        ProcessorTlb* own = _peers.Own;
        SpaceTag* next = (SpaceTag*)Unsafe.AsPointer(ref space); // SAFETY: a space stays where it is while a processor has it.
        SpaceTag* last = own->Loaded;
        if (next != last) next->AddUser(_words, own->Number);
        // After that: a flush that does not see this processor is counted here.
        ulong generation = next->ReadGeneration(_words);
        HeldTranslations held = own->Spaces.Switch(_instructions, root, next->Id, generation);
        own->Loaded = next;
        if (next != last && last != null) last->RemoveUser(_words, own->Number);
        return held;
    }

    /// <summary>Carries out a flush of a space's own half on every processor that has it loaded. Interrupts are masked.</summary>
    public void Flush(ref SpaceTag space, PendingFlush pending)
    {
        if (pending.IsNone) return;
        ProcessorTlb* own = _peers.Own;
        ulong generation = space.CountFlush(_words);
        bool isAsking = _peers.Count != 1 && AwaitUsers(own, ref space, pending.PageCount);
        if (isAsking) AskUsers(own, space.Id, generation, pending);
        own->Spaces.Flush(_instructions, space.Id, generation, pending);
        if (isAsking) Await(own);
    }

    /// <summary>The same for all that was gathered in <paramref name="batch"/>.</summary>
    public void Flush(ref SpaceTag space, in FlushBatch batch)
    {
        if (batch.Plan == FlushPlan.Nothing) return;
        ProcessorTlb* own = _peers.Own;
        ulong generation = space.CountFlush(_words);
        bool isAsking = _peers.Count != 1 && AwaitUsers(own, ref space, (ulong)(uint)batch.PageCount);
        if (isAsking)
        {
            own->Request.Write(_words, space.Id, generation, in batch);
            AskAwaited(own);
        }

        own->Spaces.Flush(_instructions, space.Id, generation, in batch);
        if (isAsking) Await(own);
    }

    /// <summary>Carries out a flush of the kernel's half on every processor. Interrupts are masked.</summary>
    public void FlushKernel(PendingFlush pending)
    {
        if (pending.IsNone) return;
        ProcessorTlb* own = _peers.Own;
        ulong generation = _words.Add(ref _peers.KernelFlushes, 1);
        bool isAsking = _peers.Count != 1 && AwaitAwake(own, pending);
        if (isAsking) AskAwake(own, generation, pending);
        own->Spaces.FlushKernel(_instructions, generation, pending);
        if (isAsking) Await(own);
    }

    /// <summary>Forgets what others ask this processor to forget. Interrupts are masked.</summary>
    public void Serve()
    {
        ProcessorTlb* own = _peers.Own;
        int wordCount = WordCount;
        for (int word = 0; word < wordCount; word++)
        {
            // SAFETY: below the count of words, here and below.
            if (_words.Read(ref own->Inbox[word]) != 0) CarryOut(own, word, _words.Exchange(ref own->Inbox[word], 0));
        }
    }

    private void ForgetAll(ProcessorTlb* own, ulong kernelFlushes)
    {
        own->Spaces.AcceptKernel(kernelFlushes);
        _instructions.InvalidateAll();
    }

    private int WordCount => ProcessorBits.WordOf(_peers.Count - 1) + 1;

    // Apart, so that a flush that asks nobody does not clear room for the pages.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AskUsers(ProcessorTlb* own, ulong space, ulong generation, PendingFlush pending)
    {
        FlushBatch batch = default;
        batch.Add(pending);
        own->Request.Write(_words, space, generation, in batch);
        AskAwaited(own);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AskAwake(ProcessorTlb* own, ulong generation, PendingFlush pending)
    {
        FlushBatch batch = default;
        batch.Add(pending);
        own->Request.WriteKernel(_words, generation, in batch);
        AskAwaited(own);
    }

    // Awaits all users of the space but this processor; false when there are none.
    private bool AwaitUsers(ProcessorTlb* own, ref SpaceTag space, ulong pageCount)
    {
        int asked = 0;
        int wordCount = WordCount;
        for (int word = 0; word < wordCount; word++)
        {
            ulong users = space.ReadUsers(_words, word);
            if (word == ProcessorBits.WordOf(own->Number)) users &= ~ProcessorBits.BitOf(own->Number);
            if (users != 0) _words.Write(ref own->Awaited[word], users);
            asked += BitOperations.PopCount(users);
        }

        Count(ref own->Counters, pageCount, asked);
        return asked != 0;
    }

    // Awaits all that run but this processor; false when there are none.
    private bool AwaitAwake(ProcessorTlb* own, PendingFlush pending)
    {
        int asked = 0;
        ulong users = 0;
        int count = _peers.Count;
        for (int number = 0; number < count; number++)
        {
            if (number != own->Number && MustAsk(_peers.Of(number), pending))
            {
                users |= ProcessorBits.BitOf(number);
                asked++;
            }

            if (number != count - 1 && ProcessorBits.WordOf(number + 1) == ProcessorBits.WordOf(number)) continue;
            _words.Write(ref own->Awaited[ProcessorBits.WordOf(number)], users);
            users = 0;
        }

        Count(ref own->Counters, pending.PageCount, asked);
        return asked != 0;
    }

    private bool MustAsk(ProcessorTlb* peer, PendingFlush pending)
    {
        ProcessorRest rest = (ProcessorRest)_words.Read(ref peer->Rest);
        return rest == ProcessorRest.Awake || (rest == ProcessorRest.Resting && pending.DropsTables);
    }

    private void Count(ref TlbCounters counters, ulong pageCount, int asked)
    {
        counters.Requests++;
        counters.Pages += pageCount < TlbCounters.MostPages ? pageCount : TlbCounters.MostPages;
        counters.Skipped += (ulong)(uint)(_words.Read(ref _peers.Present) - 1 - asked);
    }

    // Puts the request into the inboxes of those that are awaited.
    private void AskAwaited(ProcessorTlb* own)
    {
        int wordCount = WordCount;
        for (int word = 0; word < wordCount; word++)
        {
            for (ulong left = _words.Read(ref own->Awaited[word]); left != 0; left &= left - 1)
                Ask(own, (word * ProcessorBits.PerWord) + BitOperations.TrailingZeroCount(left));
        }
    }

    private void Ask(ProcessorTlb* own, int number)
    {
        ulong before = _words.Or(ref _peers.Of(number)->Inbox[ProcessorBits.WordOf(own->Number)], ProcessorBits.BitOf(own->Number));
        if (before != 0)
        {
            own->Counters.Merged++;
            return;
        }

        own->Counters.Interrupts++;
        _peers.Interrupt(number);
    }

    private void Await(ProcessorTlb* own)
    {
        ulong since = _peers.Now;
        int wordCount = WordCount;
        for (int word = 0; word < wordCount; word++)
        {
            for (; ; )
            {
                ulong left = _words.Read(ref own->Awaited[word]);
                if (left == 0) break;
                Serve();
                _peers.Wait(CpuId.FromTrusted((word * ProcessorBits.PerWord) + BitOperations.TrailingZeroCount(left)), since);
            }
        }
    }

    private void CarryOut(ProcessorTlb* own, int word, ulong askers)
    {
        FlushBatch batch = default;
        int first = word * ProcessorBits.PerWord;
        for (ulong left = askers; left != 0; left &= left - 1)
            _peers.Of(first + BitOperations.TrailingZeroCount(left))->Request.Accept(_words, ref own->Spaces, ref batch);
        FlushDriver.Carry(_instructions, in batch);
        own->Counters.Served += (ulong)(uint)BitOperations.PopCount(askers);
        if (batch.Plan is FlushPlan.AddressSpace or FlushPlan.Global) own->Counters.FullFlushes++;
        ulong others = ~ProcessorBits.BitOf(own->Number);
        for (ulong left = askers; left != 0; left &= left - 1)
            _ = _words.And(ref _peers.Of(first + BitOperations.TrailingZeroCount(left))->Awaited[ProcessorBits.WordOf(own->Number)], others);
    }
}
