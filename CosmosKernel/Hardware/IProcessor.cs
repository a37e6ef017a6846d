using MemOS.Collections;

namespace MemOS.Hardware;

/// <summary>The running processor, as allocators need it: what it keeps for itself, and how it takes locks.</summary>
/// <remarks>Used as a struct type parameter: <see cref="ThisProcessor"/> in the machine, in tests a thread stands for a processor.</remarks>
public interface IProcessor : IProcessorLocals, ILockGuard
{
}
