using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Runtime;

/// <summary>Names of code, from the table that the kit links into the image.</summary>
[Plug(typeof(CodeName))]
public static unsafe class CodeNamesPlug
{
    /// <summary>Writes a name; returns its length.</summary>
    public static int Find(byte* address, byte* buffer, int capacity, ulong* offset) => CodeNames.Find(address, buffer, capacity, offset);
}
