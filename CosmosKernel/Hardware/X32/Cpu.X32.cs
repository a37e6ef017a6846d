using System;
using IL2CPU.API.Attribs;

namespace MemOS.Hardware;

/// <content>x86-32: what takes one plain instruction on x86-64.</content>
public static unsafe partial class Cpu
{
    /// <summary>Writes the 8 bytes at <paramref name="address"/>, a multiple of 8, in one access: the processor must not find half a page-table entry.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static void StoreLong(ulong* address, ulong value) => throw new NotImplementedException();
}
