using IL2CPU.API.Attribs;

namespace MemOS.Plugs.Cosmos;

/// <summary>The checks of the in-tree kit's runtime are not this machine's.</summary>
[Plug(Target = typeof(SelfTest.RuntimeChecks))]
public static class RuntimeChecksPlug
{
    /// <summary>None.</summary>
    public static int Count() => 0;

    /// <summary>There is none.</summary>
    public static string NameOf(int index) => "";

    /// <summary>There is none.</summary>
    public static string? Run(int index) => null;
}
