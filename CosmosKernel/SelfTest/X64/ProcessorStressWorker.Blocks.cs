using MemOS.Memory.Heap;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <content>Raw blocks: each says how long it is, and is filled with a pattern of its address.</content>
internal sealed unsafe partial class ProcessorStressWorker
{
    private const int MostBlocks = 512;
    private const uint SmallestBlock = sizeof(ulong);

    private readonly ulong[] _blocks = new ulong[MostBlocks]; // As letters.
    private int _blockCount;

    private void StepBlocks()
    {
        if (_blockCount < MostBlocks && _random.Below(2) == 0) AllocateBlock();
        else if (_blockCount != 0) FreeSomeBlock();
    }

    private void AllocateBlock()
    {
        int kind = _random.Below(32);
        uint size = SmallestBlock + (uint)_random.Below(kind == 0 ? 40_000 : kind < 8 ? 4096 : 256);
        bool isZeroed = _random.Below(4) == 0;
        byte* block = isZeroed ? KernelMemory.Heap.AllocateZeroed(size) : KernelMemory.Heap.Allocate(size);
        if (block == null) return;
        Expect(!isZeroed || *(ulong*)block == 0, "a zeroed block is not zero");
        Fill(block, size);
        _blocks[_blockCount++] = (ulong)block | BlockLetter;
    }

    private void FreeSomeBlock()
    {
        int index = _random.Below(_blockCount);
        ulong letter = _blocks[index];
        if (_random.Below(8) == 0)
        {
            _blocks[index] = Resize(letter);
            return;
        }

        _blocks[index] = _blocks[--_blockCount];
        if (_random.Below(4) != 0 || !TryHandOver(letter)) TakeBlock(letter);
    }

    private ulong Resize(ulong letter)
    {
        byte* block = (byte*)(letter & ~LetterMask);
        uint old = *(uint*)block;
        CheckBlock(block);
        uint size = SmallestBlock + (uint)_random.Below(512);
        byte* moved = KernelMemory.Heap.Reallocate(block, size);
        if (moved == null) return letter;
        Expect(*(uint*)moved == old, "a resized block has lost its content");
        Fill(moved, size);
        return (ulong)moved | BlockLetter;
    }

    private void TakeBlock(ulong letter)
    {
        byte* block = (byte*)(letter & ~LetterMask);
        CheckBlock(block);
        Expect(KernelMemory.Heap.Free(block) == HeapFreeResult.Ok, "a block could not be freed");
    }

    private void EndBlocks()
    {
        while (_blockCount != 0) TakeBlock(_blocks[--_blockCount]);
    }

    // SAFETY, both: the block is the worker's, with so many bytes.
    private static void Fill(byte* block, uint size)
    {
        *(uint*)block = size;
        for (uint index = sizeof(uint); index < size; index++) block[index] = PatternAt(block, index);
    }

    private void CheckBlock(byte* block)
    {
        uint size = *(uint*)block;
        for (uint index = sizeof(uint); index < size; index++)
        {
            if (block[index] == PatternAt(block, index)) continue;
            Fail("a block's content has changed");
            return;
        }
    }

    private static byte PatternAt(byte* block, uint index) => (byte)(((nuint)block >> 4) + index);
}
