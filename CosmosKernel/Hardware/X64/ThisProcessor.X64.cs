using System.Runtime.CompilerServices;

namespace MemOS.Hardware;

/// <content>x86-64: what is a processor's own lies in its area.</content>
public readonly unsafe partial struct ThisProcessor
{
    /// <inheritdoc/>
    public ProcessorLocals* Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Cpu.CurrentLocals();
    }
}
