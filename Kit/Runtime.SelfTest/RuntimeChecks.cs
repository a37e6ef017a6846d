using System.Collections.Generic;

namespace Kit.Runtime.SelfTest;

/// <summary>All checks of the runtime: what an ordinary .NET program takes for granted.</summary>
public static class RuntimeChecks
{
    /// <summary>The checks, in the order to run them.</summary>
    public static IReadOnlyList<RuntimeCheck> All { get; } = Create();

    private static List<RuntimeCheck> Create()
    {
        List<RuntimeCheck> checks = [];
        ExceptionClauses.AddTo(checks);
        HardwareExceptions.AddTo(checks);
        LanguageFeatures.AddTo(checks);
        ClassLibrary.AddTo(checks);
        Collection.AddTo(checks);
        return checks;
    }

    internal static void Add(this List<RuntimeCheck> checks, string name, System.Func<bool> body)
    {
        checks.Add(new RuntimeCheck(name, body));
    }
}
