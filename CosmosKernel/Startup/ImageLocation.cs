using System;
using IL2CPU.API.Attribs;

namespace MemOS.Startup;

/// <summary>Where the linker's table of the image is.</summary>
public static unsafe class ImageLocation
{
    /// <summary>The table.</summary>
    [PlugMethod(PlugRequired = true)]
    public static KernelImage* Table() => throw new NotImplementedException();
}
