using System;
using IL2CPU.API.Attribs;

namespace MemOS.Startup;

/// <summary>The list of plugs that the compiler bound, as it wrote it into the image.</summary>
public static unsafe class PlugList
{
    /// <summary>The list's first byte: ASCII, a plug a line: the target, a tab, the plug, a tab, its assembly.</summary>
    [PlugMethod(PlugRequired = true)]
    public static byte* Start() => throw new NotImplementedException();

    /// <summary>The address after the last byte.</summary>
    [PlugMethod(PlugRequired = true)]
    public static byte* End() => throw new NotImplementedException();
}
