using System.Runtime.CompilerServices;
using System.Threading;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Memory.Frames;
using MemOS.Primitives;
using MemOS.Tests.Contracts;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Frames;

[TestFixture]
public sealed unsafe class LockedFramesTests : FrameAllocatorContract<LockedFrames<FrameAllocator<HybridAllocator>, HostGuard>>
{
    protected override LockedFrames<FrameAllocator<HybridAllocator>, HostGuard> Create(FirmwareMap firmware, MemoryMap map)
    {
        TicketLock* frameLock = (TicketLock*)firmware.NewStorage((ulong)sizeof(TicketLock)).Bytes;
        *frameLock = new TicketLock(LockRank.Zone);
        FrameAllocator<HybridAllocator> frames = HostZone.NewAllocator<HybridAllocator>(firmware, map);
        return new LockedFrames<FrameAllocator<HybridAllocator>, HostGuard>(in frames, frameLock, default);
    }

    [Test]
    public void Processors_that_allocate_at_once_never_get_the_same_frame()
    {
        const int Steps = 4000;
        using FirmwareMap firmware = FirmwareMap.Of((0, 4096));
        StrongBox<LockedFrames<FrameAllocator<HybridAllocator>, HostGuard>> shared = new(Create(firmware, firmware.Build()));
        shared.Value.TryAdopt(new FrameRange(FrameNumber.Zero, 4096));
        int[] owners = new int[4096];
        int clashes = 0;
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            int owner = i + 1;
            threads[i] = new Thread(() =>
            {
                FrameNumber[] held = new FrameNumber[16];
                for (int step = 0; step < Steps; step++)
                {
                    int slot = step % held.Length;
                    if (step >= held.Length)
                    {
                        if (Interlocked.Exchange(ref owners[held[slot].Value], 0) != owner) Interlocked.Increment(ref clashes);
                        if (shared.Value.Free(held[slot], Order.Zero) != FreeResult.Ok) Interlocked.Increment(ref clashes);
                    }

                    if (!shared.Value.TryAllocate(Order.Zero, out held[slot])) Interlocked.Increment(ref clashes);
                    if (Interlocked.Exchange(ref owners[held[slot].Value], owner) != 0) Interlocked.Increment(ref clashes);
                }
            });
        }

        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) Assert.That(thread.Join(60_000), Is.True);
        Assert.That(clashes, Is.Zero);
        Assert.That(shared.Value.FreeFrames, Is.EqualTo(4096 - 4 * 16));
        Assert.That(shared.Value.Validate(), Is.Null);
    }
}
