using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kit.Runtime;

#pragma warning disable CS0649 // The linker fills the fields.
/// <summary>The parts of the image (Native/image.asm, same order).</summary>
internal unsafe struct ImageLayout
{
    public byte* PhysicalStart;
    public byte* PhysicalEnd;
    public byte* TextStart;
    public byte* TextEnd;
    public byte* ReadOnlyDataStart;
    public byte* ReadOnlyDataEnd;
    public byte* DataStart;
    public byte* DataEnd;
    public byte* BootStackGuard;
    public byte* BootStackBottom;
    public byte* BootStackTop;
    public byte* FixupsStart;
    public byte* FixupsEnd;
    public byte* SymbolsStart;
    public byte* SymbolsEnd;

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitImageLayout")]
    public static extern ImageLayout* Get();
}
