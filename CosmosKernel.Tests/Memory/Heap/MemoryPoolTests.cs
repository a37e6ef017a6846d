using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using MemOS.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Heap;

public sealed unsafe class MemoryPoolTests
{
    private const uint Capacity = 100;
    private const uint ObjectBytes = 40;

    private byte* _storage;
    private MemoryPool _pool;

    [SetUp]
    public void CreatePool()
    {
        nuint bytes = MemoryPool.StorageBytes(ObjectBytes, Capacity);
        _storage = (byte*)NativeMemory.AlignedAlloc(bytes + 16, 16);
        new Span<byte>(_storage + bytes, 16).Fill(0x77);
        _pool.Initialize(_storage, ObjectBytes, Capacity);
    }

    [TearDown]
    public void Release()
    {
        nuint bytes = MemoryPool.StorageBytes(ObjectBytes, Capacity);
        Assert.That(new Span<byte>(_storage + bytes, 16).ContainsAnyExcept((byte)0x77), Is.False, "nothing behind the storage is touched");
        NativeMemory.AlignedFree(_storage);
    }

    [Test]
    public void All_objects_are_handed_out_once_aligned_and_apart()
    {
        HashSet<nint> seen = [];
        while (_pool.TryTake(out byte* block))
        {
            new Span<byte>(block, (int)ObjectBytes).Fill(0xFF);
            Assert.That((nint)block % 16 == 0);
            Assert.That(seen.Add((nint)block / 48));
        }

        Assert.That((_pool.Count, seen.Count), Is.EqualTo((Capacity, (int)Capacity)));
        _pool.Clear();
        Assert.That(_pool.Count, Is.Zero);
        Assert.That(_pool.TryTake(out _));
    }

    [Test]
    public void Wrong_returns_are_refused_by_name_whatever_was_written()
    {
        Assert.That(_pool.TryTake(out byte* block) && _pool.TryTake(out _));
        Assert.That(_pool.Return(block + 1), Is.EqualTo(HeapFreeResult.Interior));
        Assert.That(_pool.Return(block), Is.EqualTo(HeapFreeResult.Ok));
        new Span<byte>(block, (int)ObjectBytes).Fill(0xFF);
        Assert.That(_pool.Return(block), Is.EqualTo(HeapFreeResult.DoubleFree));
        Assert.That(_pool.Return(null), Is.EqualTo(HeapFreeResult.Foreign));
        Assert.That(_pool.Return(_storage + (48 * Capacity)), Is.EqualTo(HeapFreeResult.Foreign));
        Assert.That(_pool.Return(_storage - 1), Is.EqualTo(HeapFreeResult.Foreign));
        Assert.That(_pool.Count, Is.EqualTo(1));
        Assert.That(_pool.TryTake(out byte* again) && again == block);
    }

    [TestCase(1)]
    [TestCase(77)]
    public void Random_calls_agree_with_a_set(int seed)
    {
        Random random = new(seed);
        List<nint> live = [];
        for (int i = 0; i < 50_000; i++)
        {
            if (random.Next(2) == 0)
            {
                Assert.That(_pool.TryTake(out byte* block), Is.EqualTo(live.Count < Capacity));
                if (block != null) live.Add((nint)block);
            }
            else if (live.Count != 0)
            {
                int at = random.Next(live.Count);
                Assert.That(_pool.Return((void*)live[at]), Is.EqualTo(HeapFreeResult.Ok));
                live[at] = live[^1];
                live.RemoveAt(live.Count - 1);
            }

            Assert.That(_pool.Count, Is.EqualTo((uint)live.Count));
        }
    }

    [Test]
    public void Sizes_that_do_not_fit_memory_have_no_storage()
    {
        Assert.That(MemoryPool.StorageBytes(0, 10) == 0);
        Assert.That(MemoryPool.StorageBytes(nuint.MaxValue - 3, 1) == 0);
        Assert.That(MemoryPool.StorageBytes(nuint.MaxValue / 4, 5) == 0);
        Assert.That(MemoryPool.StorageBytes(16, 10) == 10 * 21);
    }
}
