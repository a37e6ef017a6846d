using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Memory.Frames;

/// <summary>Frames that are full of a pattern while they are free: who writes to one after its free is found out when it is handed out again.</summary>
/// <typeparam name="TFrames">Whose frames.</typeparam>
/// <typeparam name="TMemory">How their content is reached.</typeparam>
/// <remarks>Each frame is written once when it becomes free, adopting included, and read once when it is handed out: about a microsecond each.</remarks>
public unsafe struct PoisonedFrames<TFrames, TMemory> : IFrameAllocator
    where TFrames : struct, IFrameAllocator
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>The words of a free frame: no address of any layout, and nothing that counts or lengths look like.</summary>
    public const ulong Pattern = 0xDEAD_F4EE_DEAD_F4EE;

    private const ulong WordsPerFrame = FrameNumber.SizeBytes / sizeof(ulong);

    private readonly TMemory _memory;
#pragma warning disable IDE0044 // Its methods change it, which the analyzer does not see behind a type parameter.
    private TFrames _frames;
#pragma warning restore IDE0044

    /// <summary>The frames of <paramref name="frames"/>, which has none yet: they are adopted through here.</summary>
    public PoisonedFrames(in TFrames frames, TMemory memory)
    {
        _frames = frames;
        _memory = memory;
        LateWrites = 0;
        LastLateWrite = default;
    }

    /// <summary>How their content is reached.</summary>
    public readonly TMemory Memory => _memory;

    /// <summary>How many frames were written to while they were free.</summary>
    public ulong LateWrites { get; private set; }

    /// <summary>The first changed word of the last of these frames; nothing while there is none.</summary>
    public PhysAddr LastLateWrite { get; private set; }

    /// <inheritdoc/>
    public ulong ManagedFrames => _frames.ManagedFrames;

    /// <inheritdoc/>
    public ulong FreeFrames => _frames.FreeFrames;

    /// <inheritdoc/>
    public bool TryAdopt(FrameRange frames)
    {
        if (!_frames.TryAdopt(frames)) return false;
        Fill(frames);
        return true;
    }

    /// <inheritdoc/>
    public bool TryWithdraw(FrameRange frames)
    {
        if (!_frames.TryWithdraw(frames)) return false;
        Check(frames);
        return true;
    }

    /// <inheritdoc/>
    public bool TryAllocate(Order order, out FrameNumber frame)
    {
        if (!_frames.TryAllocate(order, out frame)) return false;
        Check(new FrameRange(frame, order.FrameCount));
        return true;
    }

    /// <inheritdoc/>
    public bool TryAllocateRun(ulong frameCount, Order alignment, FrameNumber limit, out FrameRange frames)
    {
        if (!_frames.TryAllocateRun(frameCount, alignment, limit, out frames)) return false;
        Check(frames);
        return true;
    }

    /// <inheritdoc/>
    public FreeResult Free(FrameNumber frame, Order order)
    {
        FreeResult result = _frames.Free(frame, order);
        if (result == FreeResult.Ok) Fill(new FrameRange(frame, order.FrameCount));
        return result;
    }

    /// <inheritdoc/>
    public FreeResult FreeRun(FrameRange frames)
    {
        FreeResult result = _frames.FreeRun(frames);
        if (result == FreeResult.Ok) Fill(frames);
        return result;
    }

    /// <inheritdoc/>
    public bool IsFree(FrameNumber frame) => _frames.IsFree(frame);

    /// <inheritdoc/>
    public ulong FreeBlocks(Order order) => _frames.FreeBlocks(order);

    /// <inheritdoc/>
    public ulong RefusalsFor(FreeResult reason) => _frames.RefusalsFor(reason);

    /// <inheritdoc/>
    public string? Validate() => _frames.Validate();

    private readonly void Fill(FrameRange frames)
    {
        for (FrameNumber frame = frames.Start; frame < frames.End; frame++)
        {
            // SAFETY: the frame is RAM, of which the memory shows all bytes.
            ulong* words = (ulong*)_memory.Pointer(frame.Start);
            for (ulong i = 0; i < WordsPerFrame; i++) words[i] = Pattern;
        }
    }

    private void Check(FrameRange frames)
    {
        for (FrameNumber frame = frames.Start; frame < frames.End; frame++)
        {
            // SAFETY: as above.
            ulong* words = (ulong*)_memory.Pointer(frame.Start);
            ulong i = 0;
            while (i < WordsPerFrame && words[i] == Pattern) i++;
            if (i == WordsPerFrame) continue;
            LateWrites++;
            LastLateWrite = frame.Start + i * sizeof(ulong);
        }
    }
}
