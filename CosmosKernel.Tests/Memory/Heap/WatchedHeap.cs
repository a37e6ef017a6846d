using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>A heap that tracks or checks, over an arena, with call stacks that the test makes up and a list of what it reported.</summary>
internal sealed unsafe class WatchedHeap : IDisposable
{
    private static nuint[] s_stack = [];
    private static List<HeapFault> s_faults = [];
    private static ulong s_time;
    private static Dictionary<nint, ulong> s_guarded = [];
    private static HostArena s_guardedPages;

    internal WatchedHeap(HeapWatch watch, ulong pages = 4096)
    {
        (s_stack, s_faults, s_time, s_guarded) = ([], [], 0, []);
        Arena = HostArena.Create(pages);
        Heap = (HostHeap*)System.Runtime.InteropServices.NativeMemory.AllocZeroed((nuint)sizeof(HostHeap));
        HeapOptions options = new() { Watch = watch, Capture = &Capture, Clock = &Clock, Report = &Report };
        Assert.That(Heap->TryInitialize(Arena, Arena.Window, in options));
    }

    internal HostArena Arena { get; }

    internal HostHeap* Heap { get; }

    internal static IReadOnlyList<HeapFault> Faults => s_faults;

    /// <summary>What the next calls will have as their callers, the innermost first.</summary>
    internal static void CallFrom(params nuint[] addresses) => s_stack = addresses;

    internal static ulong[] Addresses(CallStack stack) => [.. Enumerable.Range(0, (int)stack.Count).Select(i => stack[(uint)i].Value)];

    internal static HeapFault OnlyFault()
    {
        Assert.That(s_faults, Has.Count.EqualTo(1));
        HeapFault fault = s_faults[0];
        s_faults.Clear();
        return fault;
    }

    /// <summary>Gives large blocks pages of their own; freed ones are filled, since a test cannot unmap them, and not used again.</summary>
    internal void UseGuardPages()
    {
        s_guardedPages = HostArena.Create(1024);
        Heap->UseGuardPages(&AllocateGuarded, &FreeGuarded);
    }

    public void Dispose()
    {
        Assert.That(Heap->Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(Heap->GetStatistics().TotalPages, Is.EqualTo(Arena.PagesOut), "every page taken is accounted for");
        System.Runtime.InteropServices.NativeMemory.Free(Heap);
        Arena.Dispose();
        if (s_guarded.Count != 0) s_guardedPages.Dispose();
    }

    private static uint Capture(nuint* frames, uint most)
    {
        uint count = Math.Min((uint)s_stack.Length, most);
        for (uint i = 0; i < count; i++) frames[i] = s_stack[i];
        return count;
    }

    private static ulong Clock() => ++s_time;

    private static void Report(HeapFault* fault) => s_faults.Add(*fault);

    private static bool AllocateGuarded(ulong pageCount, byte** pages)
    {
        if (!s_guardedPages.TryAllocatePages(pageCount + 2, out PageNumber first)) return false;
        *pages = (byte*)(first + 1).Start.Value;
        s_guarded[(nint)(*pages)] = pageCount;
        return true;
    }

    private static void FreeGuarded(byte* pages) => new Span<byte>(pages, (int)s_guarded[(nint)pages] * 4096).Fill(0xEE);
}
