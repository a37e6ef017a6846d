using IL2CPU.API.Attribs;

namespace MemOS.Plugs.Runtime;

/// <summary>Gives the kernel's self-test the checks of the native runtime.</summary>
[Plug(typeof(SelfTest.RuntimeChecks))]
public static class RuntimeChecksPlug
{
    /// <summary>How many checks there are.</summary>
    public static int Count() => Kit.Runtime.SelfTest.RuntimeChecks.All.Count;

    /// <summary>The name of a check.</summary>
    public static string NameOf(int index) => Kit.Runtime.SelfTest.RuntimeChecks.All[index].Name;

    /// <summary>Runs a check.</summary>
    public static string? Run(int index)
    {
        Kit.Runtime.SelfTest.RuntimeChecks.All[index].Run(out string? problem);
        return problem;
    }
}
