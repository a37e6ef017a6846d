using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Lab;

/// <summary>A file's bytes as physical memory from <see cref="Start"/> on.</summary>
/// <remarks>A copy shares the bytes. Only addresses of the file may be asked for.</remarks>
internal readonly unsafe struct FileMemory(HostBlock bytes) : IPhysicalMemory
{
    /// <summary>Where the file begins: not at 0, which nothing should be found at.</summary>
    public static PhysAddr Start => PhysAddr.FromTrusted(FrameNumber.SizeBytes);

    /// <summary>The address after the file's last byte.</summary>
    public PhysAddr End => Start + bytes.SizeBytes;

    public ulong ReadWord(PhysAddr address) => *(ulong*)PointerTo(address, sizeof(ulong));

    public void WriteWord(PhysAddr address, ulong value) => *(ulong*)PointerTo(address, sizeof(ulong)) = value;

    public void WriteWords(PhysAddr start, int count, ulong first, ulong step) => WordRow.Write(this, start, count, first, step);

    public uint ReadHalfWord(PhysAddr address) => *(uint*)PointerTo(address, sizeof(uint));

    public void WriteHalfWord(PhysAddr address, uint value) => *(uint*)PointerTo(address, sizeof(uint)) = value;

    public void ZeroFrame(FrameNumber frame) => FrameBytes.Clear(PointerTo(frame.Start, FrameNumber.SizeBytes));

    public byte* Pointer(PhysAddr address) => PointerTo(address, 1);

    private byte* PointerTo(PhysAddr address, ulong sizeBytes)
    {
        KernelAssert.That(address >= Start && address <= End && sizeBytes <= End - address, "FileMemory: access outside the file");
        return bytes.Bytes + (address - Start); // SAFETY: checked just above.
    }
}
