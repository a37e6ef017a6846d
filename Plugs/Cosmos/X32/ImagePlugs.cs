using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>Where the kernel lies, by what the kit says of it.</summary>
[Plug(Target = typeof(ImageLocation))]
public static unsafe class ImagePlugs
{
    /// <summary>The table.</summary>
    public static KernelImage* Table() => BootLoaderData.Image;
}
