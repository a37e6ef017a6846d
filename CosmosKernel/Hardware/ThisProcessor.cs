namespace MemOS.Hardware;

/// <summary>The processor that runs this.</summary>
public readonly unsafe partial struct ThisProcessor : IProcessorLocals
{
}
