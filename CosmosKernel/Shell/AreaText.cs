using MemOS.Memory.Virtual;

namespace MemOS.Shell;

/// <summary>Words for the areas of a process.</summary>
public static class AreaText
{
    private static readonly string[] s_kinds = { "private", "stack", "heap", "private file", "shared", "shared file", "device", "guard" };

    /// <summary>The name of a kind: "private file".</summary>
    public static string NameOf(AreaKind kind) => s_kinds[(int)kind];

    /// <summary>What may be done, as <c>ls</c> would write it: "r-x".</summary>
    public static string Of(AreaAccess access)
    {
        string text = (access & AreaAccess.Read) != 0 ? "r" : "-";
        text += (access & AreaAccess.Write) != 0 ? "w" : "-";
        return text + ((access & AreaAccess.Execute) != 0 ? "x" : "-");
    }
}
