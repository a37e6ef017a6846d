namespace MemOS.Hardware;

/// <summary>How code finds what is the running processor's own.</summary>
/// <remarks>Used as a struct type parameter: <see cref="ThisProcessor"/> in the machine, in tests a thread stands for a processor.</remarks>
public unsafe interface IProcessorLocals
{
    /// <summary>The running processor's. It stays so: the kernel does not move what runs from one processor to another.</summary>
    ProcessorLocals* Current { get; }
}
