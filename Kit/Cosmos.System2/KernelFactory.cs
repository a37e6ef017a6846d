using System;
using IL2CPU.API.Attribs;

namespace Cosmos.System;

/// <summary>Makes the kernel object.</summary>
public static class KernelFactory
{
    /// <summary>Makes the one object of the one class that derives from <see cref="Kernel"/>; the compiler writes the body.</summary>
    [PlugMethod(PlugRequired = true)]
    public static Kernel Create() => throw new NotImplementedException();
}
