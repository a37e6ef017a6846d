using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using MemOS.Boot;
using MemOS.Collections;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Memory.Heap;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

/// <summary>The heap over the machine's own frame allocator.</summary>
public sealed unsafe class FramePageSourceTests
{
    private const ulong TwoMiB = 2 * 1024 * 1024;
    private const ulong MemoryBytes = 24 * 1024 * 1024;

    private readonly List<nint> _allocations = [];
    private PhysicalMemory<AlignedMemory, LoneProcessor>* _frames;
    private FramePageSource<AlignedMemory, LoneProcessor> _pages;
    private KernelHeap<FramePageSource<AlignedMemory, LoneProcessor>, LoneProcessor, MachineWords> _heap;

    private readonly struct AlignedMemory(nint start) : IPhysicalMemory
    {
        public ulong ReadWord(PhysAddr address) => *(ulong*)Pointer(address);

        public void WriteWord(PhysAddr address, ulong value) => *(ulong*)Pointer(address) = value;

        public void WriteWords(PhysAddr start, int count, ulong first, ulong step) => WordRow.Write(this, start, count, first, step);

        public uint ReadHalfWord(PhysAddr address) => *(uint*)Pointer(address);

        public void WriteHalfWord(PhysAddr address, uint value) => *(uint*)Pointer(address) = value;

        public void ZeroFrame(FrameNumber frame) => FrameBytes.Clear(Pointer(frame.Start));

        public byte* Pointer(PhysAddr address) => (byte*)start + address.Value;
    }

    [SetUp]
    public void CreateHeapOverFrames()
    {
        MemoryMapBuilder builder = new(Take(4096), 4096);
        Assert.That(builder.TryAdd(PhysAddr.Zero, MemoryBytes, MemoryKind.Usable));
        MemoryMap map = builder.Build();
        ReservedRegions reserved = new(Take(4096), 4096);
        Assert.That(reserved.TryAdd(PhysAddr.Zero, 1024 * 1024, ReservedKind.Bios));
        FramePlan plan = HostPlan.Of(ZoneLayout.Veridian);
        AlignedMemory memory = new((nint)Take((nuint)MemoryBytes));
        byte* storage = Take((nuint)PhysicalMemory<AlignedMemory, LoneProcessor>.MetadataBytes(in map, in plan));
        _frames = (PhysicalMemory<AlignedMemory, LoneProcessor>*)Take((nuint)sizeof(PhysicalMemory<AlignedMemory, LoneProcessor>));
        LoneProcessor processor = new(Take(LoneProcessor.StorageBytes));
        *_frames = new PhysicalMemory<AlignedMemory, LoneProcessor>(in map, in reserved, in plan, storage, memory, processor);
        _pages = new FramePageSource<AlignedMemory, LoneProcessor>(_frames, memory, new FrameRange(FrameNumber.Zero, FrameNumber.CountFor(MemoryBytes)));
        _heap = default;
        Assert.That(_heap.TryInitialize(_pages, _pages.Window, processor));
    }

    [TearDown]
    public void Release()
    {
        foreach (nint allocation in _allocations) NativeMemory.AlignedFree((void*)allocation);
        _allocations.Clear();
    }

    [Test]
    public void The_frames_of_the_heap_are_counted_as_its_own_and_come_back()
    {
        ulong tables = _frames->OwnedBy(FrameOwner.Heap);
        List<nint> blocks = [];
        foreach (nuint size in (nuint[])[8, 64, 3000, 16384, 20000, 1_000_000]) blocks.Add((nint)_heap.Allocate(size));
        Assert.That(_frames->OwnedBy(FrameOwner.Heap), Is.EqualTo(_heap.GetStatistics().TotalPages));
        Assert.That(_frames->Validate(), Is.Null);
        foreach (nint block in blocks) Assert.That(block != 0 && _heap.Free((void*)block) == HeapFreeResult.Ok);
        _heap.Trim();
        Assert.That(_frames->OwnedBy(FrameOwner.Heap), Is.EqualTo(tables));
        Assert.That(_frames->Validate(), Is.Null);
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
    }

    [Test]
    public void Blocks_are_aligned_up_to_2_MiB()
    {
        for (nuint alignment = 8192; alignment <= TwoMiB; alignment *= 2)
        {
            byte* block = _heap.AllocateAligned(100, alignment);
            Assert.That(block != null && (nuint)block % alignment == 0, $"{alignment}");
            Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        }
    }

    [Test]
    public void A_large_block_grows_into_the_free_frames_behind_it()
    {
        byte* block = _heap.Allocate(5 * 4096);
        new Span<byte>(block, 5 * 4096).Fill(0x5A);
        ulong owned = _frames->OwnedBy(FrameOwner.Heap);
        Assert.That(_heap.Reallocate(block, 9 * 4096) == block);
        Assert.That(_frames->OwnedBy(FrameOwner.Heap), Is.EqualTo(owned + 4));
        Assert.That(new Span<byte>(block, 5 * 4096).ContainsAnyExcept((byte)0x5A), Is.False);
        Assert.That(_frames->Validate(), Is.Null);
        Assert.That(_heap.Free(block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_frames->OwnedBy(FrameOwner.Heap), Is.LessThan(owned));
        Assert.That(_frames->Validate(), Is.Null);
    }

    [Test]
    public void Running_out_of_frames_fails_cleanly_and_frees_bring_them_back()
    {
        List<nint> blocks = [];
        for (byte* block = _heap.Allocate(5000); block != null; block = _heap.Allocate(5000)) blocks.Add((nint)block);
        Assert.That(blocks, Has.Count.GreaterThan(3000));
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_frames->Validate(), Is.Null);
        foreach (nint block in blocks) Assert.That(_heap.Free((void*)block), Is.EqualTo(HeapFreeResult.Ok));
        Assert.That(_heap.Allocate(4 * 1024 * 1024) != null);
    }

    private byte* Take(nuint sizeBytes)
    {
        byte* bytes = (byte*)NativeMemory.AlignedAlloc(sizeBytes, (nuint)TwoMiB);
        NativeMemory.Fill(bytes, sizeBytes, 0xA5);
        _allocations.Add((nint)bytes);
        return bytes;
    }
}
