using MemOS.Memory.Frames;
using MemOS.Primitives;

namespace MemOS.SelfTest;

/// <summary>What a stress test of frames has, kept in arrays that are there before it starts.</summary>
public sealed class FrameStressModel
{
    private const int BitsPerWord = 64;

    private readonly FrameStressBlock[] _blocks;
    private readonly ulong[] _taken;
    private readonly ulong[] _owned = new ulong[FrameOwners.Count];

    /// <summary>A model with nothing in it.</summary>
    /// <param name="capacity">The most blocks it can have.</param>
    /// <param name="end">The frame after the highest there is.</param>
    public FrameStressModel(int capacity, FrameNumber end)
    {
        _blocks = new FrameStressBlock[capacity];
        _taken = new ulong[(end.Value / BitsPerWord) + 1];
    }

    /// <summary>The number of blocks.</summary>
    public int Count { get; private set; }

    /// <summary>The most there can be.</summary>
    public int Capacity => _blocks.Length;

    /// <summary>The frames in them.</summary>
    public ulong Frames { get; private set; }

    /// <summary>The block at <paramref name="index"/>; the numbers change when one is removed.</summary>
    public FrameStressBlock this[int index] => _blocks[index];

    /// <summary>The frames in an owner's name.</summary>
    public ulong OwnedBy(FrameOwner owner) => _owned[(int)owner];

    /// <summary>Adds a block, for which there must be room; false when one of its frames is in the model already.</summary>
    public bool TryAdd(in FrameStressBlock block)
    {
        KernelAssert.That(Count < Capacity, "FrameStressModel: full");
        if (!TryFlip(block.Frames, isTaken: 0)) return false;
        _blocks[Count++] = block;
        Frames += block.Frames.Count;
        _owned[(int)block.Owner] += block.Frames.Count;
        return true;
    }

    /// <summary>Whether one of <paramref name="frames"/> is in the model.</summary>
    public bool HasAny(FrameRange frames)
    {
        for (FrameNumber frame = frames.Start; frame < frames.End; frame++)
        {
            if ((_taken[frame.Value / BitsPerWord] >> (int)(frame.Value % BitsPerWord) & 1) != 0) return true;
        }

        return false;
    }

    /// <summary>Says how many references a block has now.</summary>
    public void SetReferences(int index, uint references) => _blocks[index] = _blocks[index].With(references);

    /// <summary>Takes a block out; the last one gets its number.</summary>
    public void RemoveAt(int index)
    {
        FrameStressBlock block = _blocks[index];
        TryFlip(block.Frames, isTaken: ulong.MaxValue);
        Frames -= block.Frames.Count;
        _owned[(int)block.Owner] -= block.Frames.Count;
        _blocks[index] = _blocks[--Count];
    }

    /// <summary>Flips the bits of frames that all are as <paramref name="isTaken"/>, all ones or none, says; else nothing.</summary>
    private bool TryFlip(FrameRange frames, ulong isTaken)
    {
        ulong first = frames.Start.Value / BitsPerWord;
        ulong last = (frames.End.Value - 1) / BitsPerWord;
        for (ulong word = first; word <= last; word++)
        {
            if (((_taken[word] ^ isTaken) & MaskOf(frames, word)) != 0) return false;
        }

        for (ulong word = first; word <= last; word++) _taken[word] ^= MaskOf(frames, word);
        return true;
    }

    private static ulong MaskOf(FrameRange frames, ulong word)
    {
        ulong start = word * BitsPerWord;
        ulong mask = ulong.MaxValue;
        if (frames.Start.Value > start) mask <<= (int)(frames.Start.Value - start);
        if (frames.End.Value < start + BitsPerWord) mask &= ulong.MaxValue >> (int)(start + BitsPerWord - frames.End.Value);
        return mask;
    }
}
