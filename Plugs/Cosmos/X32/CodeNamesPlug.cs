using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>The kit keeps the names of code outside the image, in its debugger's symbols.</summary>
[Plug(Target = typeof(CodeName))]
public static unsafe class CodeNamesPlug
{
    /// <summary>Finds none.</summary>
    public static int Find(byte* address, byte* buffer, int capacity, ulong* offset) => 0;
}
