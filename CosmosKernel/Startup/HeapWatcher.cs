using MemOS.Hardware;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Heap;
using MemOS.Memory.KernelSpace;
using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <summary>What the kernel heap calls when <c>heap.check=on</c> or <c>heap.track=on</c>: who calls, what time it is, where to report.</summary>
public static unsafe class HeapWatcher
{
    // A frame of more than this is none: the chain has left the stack.
    private const nuint LargestFrameBytes = 64 * 1024;

    private static bool s_isQuiet;

    /// <summary>As the boot menu's line asks for.</summary>
    public static HeapOptions Options => new()
    {
        Watch = KernelMemory.CommandLine.HeapCheck ? HeapWatch.Checked : KernelMemory.CommandLine.HeapTrack ? HeapWatch.Tracked : HeapWatch.None,
        Policy = KernelMemory.CommandLine.HeapPolicy,
        Capture = &Capture,
        Clock = &Clock,
        Report = &Report,
    };

    /// <summary>Whether faults are only counted: while a test commits them on purpose.</summary>
    public static bool IsQuiet
    {
        get => s_isQuiet;
        set => s_isQuiet = value;
    }

    /// <summary>Once there are kernel pages: large blocks of a checking heap are put between unmapped ones.</summary>
    internal static void UseGuardPages() => KernelMemory.Heap.UseGuardPages(&AllocateGuarded, &FreeGuarded);

    /// <summary>Says which block of the heap a fault's address is near; false when it is near none.</summary>
    internal static bool TryExplain<TSink>(ref TSink sink, VirtAddr address)
        where TSink : struct, ITextSink
    {
        if (!KernelMemory.Heap.TryFindWatched(address, out TrackedBlock block, out bool isLive)) return false;
        if (isLive && address >= block.Address && address < block.Address + block.SizeBytes) return false;
        HeapFreeResult kind = !isLive ? HeapFreeResult.UseAfterFree : address < block.Address ? HeapFreeResult.Underflow : HeapFreeResult.Overflow;
        HeapFaultText.WriteAccess(ref sink, kind, in block, address, default(Names));
        return true;
    }

    // The frames form a chain: each begins with the address of its caller's, and the address to return to lies behind it.
    private static uint Capture(nuint* frames, uint most)
    {
        uint count = 0;
        nuint frame = Cpu.ReadFramePointer();
        while (count < most)
        {
            // SAFETY: the first frame is this method's; each next one lies a little above the one before, in the same stack.
            nuint caller = *(nuint*)frame;
            VirtAddr address = VirtAddr.FromTrusted(*(nuint*)(frame + (nuint)sizeof(nuint)));
            if (!KernelMemory.Image.MayHoldCode(address)) break;
            frames[count++] = (nuint)address.Value;
            if (caller <= frame || caller - frame > LargestFrameBytes || (caller & (nuint)(sizeof(nuint) - 1)) != 0) break;
            frame = caller;
        }

        return count;
    }

    private static ulong Clock() => Cpu.ReadTimestamp();

    private static void Report(HeapFault* fault)
    {
        if (s_isQuiet) return;
        StopSink sink = default;
        sink.Write((byte)'\n');
        HeapFaultText.Write(ref sink, in *fault, default(Names));
    }

    private static bool AllocateGuarded(ulong pageCount, byte** pages)
    {
        bool isAllocated = KernelMemory.Space.Allocate(pageCount, PageFlags.Writable, out VirtAddr address) == KernelSpaceResult.Ok;
        *pages = (byte*)(nuint)address.Value;
        return isAllocated;
    }

    private static void FreeGuarded(byte* pages)
    {
        KernelSpaceResult result = KernelMemory.Space.Free(VirtAddr.FromTrusted((ulong)(nuint)pages));
        KernelAssert.That(result == KernelSpaceResult.Ok, "HeapWatcher: pages that were not allocated");
    }

    /// <summary>The names of the kernel's code.</summary>
    public readonly struct Names : ICodeNames
    {
        /// <inheritdoc/>
        public int Find(VirtAddr address, byte* buffer, int capacity, out ulong offset)
        {
            // The address to return to may lie behind the method, where the call was the last thing that it did.
            ulong distance = 0;
            int length = CodeName.Find((byte*)(nuint)address.Value - 1, buffer, capacity, &distance);
            offset = distance + 1;
            return length;
        }
    }
}
