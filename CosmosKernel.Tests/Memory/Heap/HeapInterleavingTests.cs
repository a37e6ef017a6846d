using System;
using MemOS.Collections;
using MemOS.Tests.Interleavings;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>The heap's own code in every order of its steps with few deviations, writes that are seen late included; and what is left out of it is found.</summary>
public sealed unsafe class HeapInterleavingTests
{
    [Test]
    public void Blocks_that_one_allocates_and_another_frees_are_nobody_elses_and_come_back() => AssertRight(() => new Passing<ExploredWords>(), 3);

    [Test]
    public void A_slab_that_another_ones_free_empties_goes_back_whole() => AssertRight(() => new Emptying<ExploredWords>(), 4);

    [Test]
    public void Without_pages_slabs_go_over_to_others_while_their_blocks_come_back() => AssertRight(() => new TakingOver<ExploredWords>(), 2);

    [Test]
    public void A_block_freed_twice_at_once_is_had_by_one() => AssertRight(() => new TwoFrees<ExploredWords>(), 4);

    [Test]
    public void A_slab_does_not_go_while_a_lost_round_of_it_is_popped() => AssertRight(() => new LostRound<ExploredWords>(2), 5);

    [Test]
    public void Nor_while_two_are() => AssertRight(() => new LostRound<ExploredWords>(3), 2);

    [Test]
    public void It_is_right_at_random()
    {
        Assert.That(Explorer.FindFaultAtRandom(() => new Passing<ExploredWords>(), 300, 1)?.ToString(), Is.Null);
        Assert.That(Explorer.FindFaultAtRandom(() => new Emptying<ExploredWords>(), 300, 1)?.ToString(), Is.Null);
        Assert.That(Explorer.FindFaultAtRandom(() => new TakingOver<ExploredWords>(), 300, 1)?.ToString(), Is.Null);
        Assert.That(Explorer.FindFaultAtRandom(() => new LostRound<ExploredWords>(3), 300, 1)?.ToString(), Is.Null);
    }

    [Test]
    public void Others_empty_their_magazines_when_one_finds_no_memory() => AssertRight(() => new Asking(isEarly: false), 3);

    [Test]
    public void A_round_that_others_look_at_is_written_before_it_counts() => AssertRight(() => new LookAtPush<ExploredWords>(), 4);

    [Test]
    public void Without_the_LOCK_of_the_lock_and_of_giving_back_the_heap_breaks() => AssertFound(() => new LostRound<WordsWithoutLock>(2), 2, "block");

    [Test]
    public void A_block_given_back_in_two_steps_is_taken_from_who_pops_it_between_them() =>
        AssertFound(() => new LostRound<HeapFaultWords<PlainExchange>>(2), 2, "a block that a CPU has is none");

    [Test]
    public void Without_a_look_for_rounds_a_slab_goes_whose_block_is_popped() =>
        AssertFound(() => new LostRound<HeapFaultWords<BlindLook>>(2), 2, "a block that a CPU has is none");

    [Test]
    public void A_round_that_is_gone_before_its_block_is_Live_is_missed() =>
        AssertFound(() => new LostRound<HeapFaultWords<EarlyTop>>(2), 2, "a block that a CPU has is none");

    [Test]
    public void A_round_that_counts_before_it_is_written_looks_like_the_one_that_was_there() =>
        AssertFound(() => new LookAtPush<HeapFaultWords<LateRound>>(), 2, "1 blocks are Live, 0 had");

    [Test]
    public void Who_says_too_early_that_its_magazines_are_empty_leaves_who_asked_without_memory() =>
        AssertFound(() => new Asking(isEarly: true), 2, "no memory");

    [Test]
    public void Only_a_second_free_that_is_under_way_while_the_slab_goes_is_missed() => AssertFound(() => new SecondFree(), 1, "not whole");

    private static void AssertRight(Func<Scenario> make, int deviations)
    {
        Finding? finding = Explorer.FindFault(make, deviations, out int orders);
        Assert.That(finding?.ToString(), Is.Null);
        TestContext.Out.WriteLine($"{orders} orders");
        Assert.That(orders, Is.GreaterThan(200));
    }

    private static void AssertFound(Func<Scenario> make, int deviations, string fault)
    {
        Finding? finding = Explorer.FindFault(make, deviations, out int orders);
        TestContext.Out.WriteLine($"{orders} orders");
        Assert.That(finding?.ToString(), Does.Contain(fault));
    }

    private readonly struct PlainExchange : IHeapWordFault
    {
        public HeapWordFault Fault => HeapWordFault.PlainExchange;
    }

    private readonly struct BlindLook : IHeapWordFault
    {
        public HeapWordFault Fault => HeapWordFault.BlindLook;
    }

    private readonly struct EarlyTop : IHeapWordFault
    {
        public HeapWordFault Fault => HeapWordFault.EarlyTop;
    }

    private readonly struct LateRound : IHeapWordFault
    {
        public HeapWordFault Fault => HeapWordFault.LateRound;
    }

    /// <summary>One allocates and sends on, the other frees and allocates itself; then the first allocates what came back.</summary>
    private sealed class Passing<TWords>() : HeapScenario<TWords>(2, 1)
        where TWords : struct, ISharedWords
    {
        private const int Blocks = 3;

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                for (int i = 0; i < Blocks; i++) Send(i, Allocate());
                Free(Allocate());
                return;
            }

            byte* own = Allocate();
            for (int i = 0; i < Blocks; i++) Free(Receive(i));
            Free(own);
        }
    }

    /// <summary>Three blocks of a slab were sent on, which is to go when it is empty; the other frees them while the first frees the last one.</summary>
    private sealed class Emptying<TWords> : HeapScenario<TWords>
        where TWords : struct, ISharedWords
    {
        private readonly nint[] _blocks = new nint[4];

        public Emptying()
            : base(2, 0)
        {
            Become(0);
            for (int i = 0; i < _blocks.Length; i++) _blocks[i] = (nint)Claim(Prepared.Allocate(BlockBytes));
        }

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                Free((byte*)_blocks[0]);
                Heap.Drain();
                return;
            }

            for (int i = 1; i < _blocks.Length; i++) Free((byte*)_blocks[i]);
            Heap.Drain();
        }
    }

    /// <summary>There are no pages: one allocates from slabs that are another one's, and a third frees what that one allocated.</summary>
    private sealed class TakingOver<TWords> : HeapScenario<TWords>
        where TWords : struct, ISharedWords
    {
        private readonly nint[] _blocks = new nint[3];

        public TakingOver()
            : base(3, 1)
        {
            Become(0);
            for (int i = 0; i < _blocks.Length; i++) _blocks[i] = (nint)Claim(Prepared.Allocate(BlockBytes));
            RefusePages();
        }

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                byte* block = Allocate();
                if (block != null) Free(block);
            }
            else if (processor == 1)
            {
                for (int i = 0; i < _blocks.Length; i++) Free((byte*)_blocks[i]);
            }
            else
            {
                byte* block = Allocate();
                if (block != null) Free(block);
            }
        }
    }

    /// <summary>Two free the block of a third at once; then they allocate, one after the other.</summary>
    private sealed class TwoFrees<TWords> : HeapScenario<TWords>
        where TWords : struct, ISharedWords
    {
        private readonly byte* _block;

        public TwoFrees()
            : base(2, 1)
        {
            Become(0);
            Claim(Prepared.Allocate(BlockBytes));
            _block = Prepared.Allocate(BlockBytes);
        }

        protected override ulong MostDoubleFrees => 1;

        protected override void Act(int processor)
        {
            Heap.Free(_block);
            Send(processor, _block);
            Receive(1 - processor);
            if (processor == 1) Receive(2);
            Allocate();
            if (processor == 0) Send(2, _block);
        }
    }

    /// <summary>
    /// A block was freed twice and is in everybody's magazine. One gives back what it has, and its slab with that if it may; the others allocate, and one
    /// of them, perhaps, gets it.
    /// </summary>
    private sealed class LostRound<TWords> : HeapScenario<TWords>
        where TWords : struct, ISharedWords
    {
        public LostRound(int processors)
            : base(processors, 0)
        {
            for (int other = 1; other < processors; other++) PrepareFreedTwice(0, other);
        }

        protected override ulong MostDoubleFrees => (ulong)Processors - 1;

        protected override ulong MostLost => 1;

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                Heap.Drain();
                return;
            }

            if (processor == 2) Receive(0);
            Send(0, Allocate());
        }
    }

    /// <summary>
    /// A slab is empty, and one gives it back, while another one pushes a block of another slab, where the round of a block of the empty one was.
    /// </summary>
    private sealed class LookAtPush<TWords> : HeapScenario<TWords>
        where TWords : struct, ISharedWords
    {
        private readonly byte* _block;

        public LookAtPush()
            : base(2, 1)
        {
            Become(1);
            _block = Claim(Prepared.Allocate(BlockBytes));
            byte** others = stackalloc byte*[7];
            for (int i = 0; i < 7; i++) others[i] = Prepared.Allocate(BlockBytes); // Three of the slab, and all four of the next.
            Become(0);
            for (int i = 0; i < 7; i++) Prepared.Free(others[i]);
            Prepared.Drain();
        }

        protected override void Act(int processor)
        {
            if (processor == 0) Heap.Trim();
            else Free(_block);
        }
    }

    /// <summary>No page is left, and all free blocks are in the magazine of one, which goes on allocating and freeing; the other one asks for them.</summary>
    private sealed class Asking : HeapScenario<ExploredWords>
    {
        private readonly bool _isEarly;

        public Asking(bool isEarly)
            : base(2, 1)
        {
            _isEarly = isEarly;
            Become(1);
            byte** blocks = stackalloc byte*[4];
            for (int i = 0; i < 4; i++) blocks[i] = Prepared.Allocate(BlockBytes);
            for (int i = 0; i < 2; i++) Claim(blocks[i]);
            for (int i = 2; i < 4; i++) Prepared.Free(blocks[i]);
            RefusePages();
            PrepareAsking();
        }

        protected override void Act(int processor)
        {
            if (processor == 0)
            {
                if (Allocate() == null) throw new InvalidOperationException("no memory");
                EndAsking();
                return;
            }

            Free(Allocate());
            ServeUntilEnd();
        }

        protected override void Serve(int request)
        {
            if (_isEarly) EndRequest(request);
            base.Serve(request);
        }
    }

    /// <summary>A block, the only one of its slab, is freed by two; one goes on and gives the slab back.</summary>
    private sealed class SecondFree : HeapScenario<ExploredWords>
    {
        private readonly byte* _block;

        public SecondFree()
            : base(2, 0)
        {
            Become(0);
            _block = Prepared.Allocate(BlockBytes);
        }

        protected override ulong MostDoubleFrees => 1;

        protected override void Act(int processor)
        {
            Heap.Free(_block);
            if (processor == 0) Heap.Trim();
        }
    }
}
