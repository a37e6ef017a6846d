using System.Runtime.CompilerServices;

namespace MemOS.Hardware;

/// <content>x86-32: one processor runs.</content>
public readonly unsafe partial struct ThisProcessor
{
    // SAFETY: the attribute keeps it where it is.
    [FixedAddressValueType]
    private static ProcessorLocals s_locals;

    /// <inheritdoc/>
    public ProcessorLocals* Current => (ProcessorLocals*)Unsafe.AsPointer(ref s_locals);
}
