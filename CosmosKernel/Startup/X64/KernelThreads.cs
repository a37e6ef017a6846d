using System.Threading;
using Cosmos.Core;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.KernelSpace;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>Threads of the kernel: they give way by themselves, and any processor runs them.</summary>
/// <remarks>
/// <para>A thread runs until it waits, sleeps, yields or ends; nothing takes the processor from it but interrupts. So kernel code stays on its
/// processor as long as it does none of these. Who gives way is put behind those that wait for the same processor; a processor that has
/// none takes one from another. What a processor ran before it had threads, the shell or its idle loop, takes turns with them and stays there. Who
/// waits for something looks for it when its turn comes: nobody has to wake it.</para>
/// <para>The switch saves the registers that a call keeps on the thread's stack, and exchanges what the runtime keeps of a thread in the processor's
/// area. The thread that was left is offered to others only by the one that comes after it, when it stands on its stack no more. Interrupts are masked
/// meanwhile: a collection finds each thread either on a processor or with its stack pointer saved.</para>
/// </remarks>
public static unsafe class KernelThreads
{
    private const CosmosAddress InterruptsOn = 1 << 9;
    private const ulong UsualStackPages = 16;
    private const ulong MostStackPages = 256;
    private const int KeptRegisters = 6;
    private const int FirstId = ThreadBlock.BootThread + CpuId.Limit;

    private static TicketLock s_lock = new(LockRank.Global);
    private static KernelThread* s_all;
    private static int s_made;

    /// <summary>How many threads were made.</summary>
    public static int MadeCount => s_made;

    /// <summary>All threads that are not over, what processors ran before among them, for a collection.</summary>
    internal static KernelThread* All => s_all;

    /// <summary>How often the lock of the list of threads was taken, and waited for.</summary>
    public static LockStatistics LockStatistics => s_lock.Statistics;

    /// <summary>How often the locks of the processors' queues were taken, and waited for.</summary>
    public static LockStatistics QueueLockStatistics
    {
        get
        {
            LockStatistics sum = default;
            for (int number = 0; number < CrossCalls.Count; number++)
            {
                ThreadQueue* queue = (ThreadQueue*)CrossCalls.AreaOf(CpuId.FromTrusted(number))->Threads;
                if (queue != null) sum += queue->LockStatistics;
            }

            return sum;
        }
    }

    /// <summary>How many threads are not over, what processors ran before left out.</summary>
    public static int CountLive()
    {
        int count = 0;
        bool wereOn = s_lock.Acquire(default(ProcessorGuard));
        for (KernelThread* thread = s_all; thread != null; thread = thread->NextOfAll) count += 1 - thread->IsNative;
        s_lock.Release(default(ProcessorGuard), wereOn);
        return count;
    }

    /// <summary>Makes the queue of a processor, which runs what it runs as its own thread from then on; false when there is no memory.</summary>
    internal static bool TryAddProcessor(ProcessorArea* area)
    {
        ThreadQueue* queue = (ThreadQueue*)KernelMemory.Heap.AllocateZeroed((nuint)sizeof(ThreadQueue));
        if (queue == null) return false;
        ThreadQueue.Initialize(queue);
        queue->Native.IsNative = 1;
        queue->Native.Processor = area->Number;
        queue->Running = &queue->Native;
        Enlist(&queue->Native);
        area->Threads = queue;
        return true;
    }

    /// <summary>Makes a thread that does not run yet; null when there is no memory.</summary>
    /// <param name="entry">What it runs, by <see cref="ThreadServices.RunHook"/>.</param>
    /// <param name="parameter">What that gets.</param>
    /// <param name="stackBytes">Its stack; 0 for as many bytes as usual.</param>
    public static WaitObject* Create(void* entry, CosmosAddress parameter, CosmosAddress stackBytes)
    {
        ulong pages = stackBytes == 0 ? UsualStackPages : PageNumber.CountFor(stackBytes);
        if (pages < UsualStackPages) pages = UsualStackPages;
        if (pages > MostStackPages) pages = MostStackPages;
        if (Cpu.CurrentArea()->Threads == null) return null;
        KernelThread* thread = (KernelThread*)KernelMemory.Heap.AllocateZeroed((nuint)sizeof(KernelThread));
        if (thread == null) return null;
        if (KernelMemory.Space.AllocateStack(pages, out thread->Stack) != KernelSpaceResult.Ok)
        {
            KernelMemory.Heap.Free(thread);
            return null;
        }

        Prepare(thread);
        thread->Entry = entry;
        thread->Parameter = parameter;
        Enlist(thread);
        return &thread->Ending;
    }

    /// <summary>Lets a thread run that was made.</summary>
    public static void Start(KernelThread* thread)
    {
        ThreadQueue* queue = (ThreadQueue*)Cpu.CurrentArea()->Threads;
        queue->Put(thread);
        WakeIdle();
    }

    /// <summary>Forgets a use of it; the last one frees it.</summary>
    public static void Release(KernelThread* thread)
    {
        if (Interlocked.Decrement(ref thread->Uses) == 0) KernelMemory.Heap.Free(thread);
    }

    /// <summary>Lets another thread run, where this one may be left: outside of handlers, with no lock held and interrupts let through.</summary>
    /// <returns>Whether another one has run.</returns>
    public static bool TryYield()
    {
        ProcessorArea* area = Cpu.CurrentArea();
        if (area->Depth != 0 || (area->HeldRanks | area->OpenRanks) != 0 || (Cpu.ReadFlags() & InterruptsOn) == 0) return false;
        Cpu.DisableInterrupts();
        bool hasRun = TryRunNext();
        Cpu.EnableInterrupts();
        return hasRun;
    }

    /// <summary>As <see cref="TryYield"/>, with interrupts masked before and after.</summary>
    internal static bool TryRunNext()
    {
        ThreadQueue* queue = (ThreadQueue*)Cpu.CurrentArea()->Threads;
        if (queue == null) return false;
        KernelThread* next = queue->Take();
        if (next == null) next = TakeFromOthers(Cpu.CurrentArea()->Number);
        if (next == null) return false;
        Cpu.CurrentArea()->IsIdle = 0;
        SwitchTo(next);
        return true;
    }

    private static KernelThread* TakeFromOthers(int self)
    {
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            ThreadQueue* queue = (ThreadQueue*)CrossCalls.AreaOf(CpuId.FromTrusted(number))->Threads;
            if (number == self || queue == null) continue;
            KernelThread* thread = queue->TakeMovable();
            if (thread != null) return thread;
        }

        return null;
    }

    // It begins as if it had been left when it was about to return to Begin; the return address of that, 0, ends each back-trace.
    private static void Prepare(KernelThread* thread)
    {
        byte* bottom = (byte*)thread->Stack.Start.Start.Value;
        byte* top = (byte*)thread->Stack.End.Start.Value;
        thread->Ending.IsManualReset = 1;
        thread->Ending.IsThread = 1;
        thread->Processor = KernelThread.NoProcessor;
        thread->Uses = 2;
        ThreadBlock.Create(&thread->Block, FirstId + Interlocked.Increment(ref s_made), bottom, top);

        // SAFETY: the highest words of its own stack.
        CosmosAddress* words = (CosmosAddress*)top;
        delegate*<void> begin = &Begin;
        for (int i = -2 - KeptRegisters; i < 0; i++) words[i] = 0;
        words[-2] = (CosmosAddress)begin;
        thread->StackPointer = (CosmosAddress)(words - 2 - KeptRegisters);
    }

    private static void Begin()
    {
        FinishSwitch();
        Cpu.EnableInterrupts();
        KernelThread* self = ((ThreadQueue*)Cpu.CurrentArea()->Threads)->Running;
        ThreadServices.RunHook(self->Entry, self->Parameter);
        End();
    }

    // On any processor: it may have moved.
    private static void End()
    {
        Cpu.DisableInterrupts();
        ThreadQueue* queue = (ThreadQueue*)Cpu.CurrentArea()->Threads;
        queue->Running->IsOver = 1;

        // What the processor ran before it had threads waits in its queue whenever it does not run.
        SwitchTo(queue->Take());
    }

    // Interrupts are masked. Returns when this thread's turn comes again, maybe on another processor.
    private static void SwitchTo(KernelThread* next)
    {
        ProcessorArea* area = Cpu.CurrentArea();
        ThreadQueue* queue = (ThreadQueue*)area->Threads;
        KernelThread* current = queue->Running;
        current->Block = area->Thread;
        next->Block.Self = &area->Thread; // A handler that comes meanwhile finds the area all the time.
        area->Thread = next->Block;
        next->Processor = area->Number;
        queue->Running = next;
        queue->Left = current;
        Cpu.SwitchContext(&current->StackPointer, next->StackPointer);
        FinishSwitch();
    }

    // The first that a thread does when it runs: the one before stands on its stack no more.
    private static void FinishSwitch()
    {
        ThreadQueue* queue = (ThreadQueue*)Cpu.CurrentArea()->Threads;
        KernelThread* left = queue->Left;
        queue->Left = null;
        left->Processor = KernelThread.NoProcessor;
        if (left->IsOver != 0)
        {
            Dispose(left);
            return;
        }

        queue->Put(left);
        if (queue->Movable > 1 || (queue->Movable != 0 && queue->Running->IsNative == 0)) WakeIdle();
    }

    private static void Dispose(KernelThread* thread)
    {
        Delist(thread);
        KernelSpaceResult result = KernelMemory.Space.FreeStack(thread->Stack);
        KernelAssert.That(result == KernelSpaceResult.Ok, "KernelThreads: a thread's stack is none");
        Volatile.Write(ref thread->Ending.IsSet, 1);
        Release(thread);
    }

    // One that sleeps, if there is one.
    private static void WakeIdle()
    {
        Interlocked.MemoryBarrier();
        for (int number = 1; number < CrossCalls.Count; number++)
        {
            ProcessorArea* area = CrossCalls.AreaOf(CpuId.FromTrusted(number));
            if (Volatile.Read(ref area->IsIdle) == 0) continue;
            LocalApic.Send(area->ApicId, LocalApic.CallVector);
            return;
        }
    }

    private static void Enlist(KernelThread* thread)
    {
        bool wereOn = s_lock.Acquire(default(ProcessorGuard));
        thread->NextOfAll = s_all;
        s_all = thread;
        s_lock.Release(default(ProcessorGuard), wereOn);
    }

    private static void Delist(KernelThread* thread)
    {
        bool wereOn = s_lock.Acquire(default(ProcessorGuard));
        if (s_all == thread)
        {
            s_all = thread->NextOfAll;
        }
        else
        {
            KernelThread* before = s_all;
            while (before->NextOfAll != thread) before = before->NextOfAll;
            before->NextOfAll = thread->NextOfAll;
        }

        s_lock.Release(default(ProcessorGuard), wereOn);
    }
}
