using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Lab.Paging;

/// <summary>The physical memory of a machine as it was written to a file, from <see cref="Start"/> on.</summary>
/// <remarks>A copy shares the bytes. Tables may point anywhere: what lies outside is an error of the image, said by name.</remarks>
internal readonly unsafe struct ImageMemory(byte* bytes, ulong sizeBytes, PhysAddr start) : IPhysicalMemory
{
    /// <summary>The address of the first byte.</summary>
    public PhysAddr Start => start;

    public ulong ReadWord(PhysAddr address) => *(ulong*)PointerTo(address, sizeof(ulong));

    public void WriteWord(PhysAddr address, ulong value) => *(ulong*)PointerTo(address, sizeof(ulong)) = value;

    public void WriteWords(PhysAddr start, int count, ulong first, ulong step) => WordRow.Write(this, start, count, first, step);

    public uint ReadHalfWord(PhysAddr address) => *(uint*)PointerTo(address, sizeof(uint));

    public void WriteHalfWord(PhysAddr address, uint value) => *(uint*)PointerTo(address, sizeof(uint)) = value;

    public void ZeroFrame(FrameNumber frame) => FrameBytes.Clear(PointerTo(frame.Start, FrameNumber.SizeBytes));

    public byte* Pointer(PhysAddr address) => PointerTo(address, 1);

    private byte* PointerTo(PhysAddr address, ulong accessBytes)
    {
        ulong offset = unchecked(address.Value - start.Value);
        if (offset >= sizeBytes || accessBytes > sizeBytes - offset)
            throw new LabException($"{address} is not in the memory, which goes from {start} to P:0x{start.Value + sizeBytes:x}");
        return bytes + offset; // SAFETY: checked just above.
    }
}
