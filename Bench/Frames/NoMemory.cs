using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Bench.Frames;

/// <summary>Frames that nobody looks into.</summary>
internal readonly unsafe struct NoMemory : IPhysicalMemory
{
    private const string Touched = "NoMemory: a frame was touched";

    public ulong ReadWord(PhysAddr address)
    {
        KernelAssert.Fail(Touched);
        return 0;
    }

    public void WriteWord(PhysAddr address, ulong value) => KernelAssert.Fail(Touched);

    public void WriteWords(PhysAddr start, int count, ulong first, ulong step) => KernelAssert.Fail(Touched);

    public uint ReadHalfWord(PhysAddr address)
    {
        KernelAssert.Fail(Touched);
        return 0;
    }

    public void WriteHalfWord(PhysAddr address, uint value) => KernelAssert.Fail(Touched);

    public void ZeroFrame(FrameNumber frame) => KernelAssert.Fail(Touched);

    public byte* Pointer(PhysAddr address)
    {
        KernelAssert.Fail(Touched);
        return null;
    }
}
