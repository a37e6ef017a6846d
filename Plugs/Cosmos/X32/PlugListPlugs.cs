using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>The kit writes no list of plugs into the image.</summary>
[Plug(Target = typeof(PlugList))]
public static unsafe class PlugListPlugs
{
    /// <summary>Of an empty list.</summary>
    public static byte* Start() => null;

    /// <summary>Of an empty list.</summary>
    public static byte* End() => null;
}
