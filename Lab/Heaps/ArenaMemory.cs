using System.Runtime.CompilerServices;
using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Lab.Heaps;

/// <summary>Memory of the host as physical memory from address 0 on, as the direct map shows a machine's.</summary>
/// <param name="bytes">Where it begins.</param>
internal readonly unsafe struct ArenaMemory(byte* bytes) : IPhysicalMemory
{
    public ulong ReadWord(PhysAddr address) => *(ulong*)Pointer(address);

    public void WriteWord(PhysAddr address, ulong value) => *(ulong*)Pointer(address) = value;

    public void WriteWords(PhysAddr start, int count, ulong first, ulong step) => WordRow.Write(this, start, count, first, step);

    public uint ReadHalfWord(PhysAddr address) => *(uint*)Pointer(address);

    public void WriteHalfWord(PhysAddr address, uint value) => *(uint*)Pointer(address) = value;

    public void ZeroFrame(FrameNumber frame) => FrameBytes.Clear(Pointer(frame.Start));

    // SAFETY: who asks knows that the address is memory: the frames of the arena are all that there are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Pointer(PhysAddr address) => bytes + address.Value;
}
