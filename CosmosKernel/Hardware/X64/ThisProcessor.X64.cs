using System.Runtime.CompilerServices;

namespace MemOS.Hardware;

/// <content>x86-64: what is a processor's own lies in its area.</content>
public readonly unsafe partial struct ThisProcessor
{
    /// <inheritdoc/>
    public ProcessorLocals* Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ProcessorLocals*)((byte*)Cpu.CurrentArea() + ProcessorArea.LocalsOffset); // Written so, nobody looks whether it is null.
    }
}
