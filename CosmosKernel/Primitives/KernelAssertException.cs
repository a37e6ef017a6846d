using System;

namespace MemOS.Primitives;

/// <summary>A failed <see cref="KernelAssert"/> where no panic is installed: in tests.</summary>
public sealed class KernelAssertException : Exception
{
    /// <summary>Carries the assertion's message.</summary>
    public KernelAssertException(string message)
        : base(message)
    {
    }
}
