using System;
using IL2CPU.API.Attribs;

namespace MemOS.Startup;

/// <summary>The names of the kernel's own code.</summary>
public static unsafe class CodeName
{
    /// <summary>Writes the name of the code at an address in ASCII; needs no object.</summary>
    /// <param name="address">Any address.</param>
    /// <param name="buffer">Takes the name, cut off at its end.</param>
    /// <param name="capacity">The buffer's bytes.</param>
    /// <param name="offset">How far the address lies behind the name's.</param>
    /// <returns>The bytes written; 0 when there is no name.</returns>
    [PlugMethod(PlugRequired = true)]
    public static int Find(byte* address, byte* buffer, int capacity, ulong* offset) => throw new NotImplementedException();
}
