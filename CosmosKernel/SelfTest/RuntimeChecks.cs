using System;
using IL2CPU.API.Attribs;

namespace MemOS.SelfTest;

/// <summary>The runtime's own checks, exceptions above all: they are written outside the kernel, in C# that only the runtime's compiler takes.</summary>
public static class RuntimeChecks
{
    /// <summary>Adds the checks to a suite.</summary>
    public static void AddTo(SelfTestSuite suite)
    {
        int count = Count();
        for (int i = 0; i < count; i++)
        {
            int index = i;
            suite.Add("runtime." + NameOf(index), recorder =>
            {
                string? problem = Run(index);
                if (problem != null) recorder.Fail(problem);
            });
        }
    }

    /// <summary>How many checks there are.</summary>
    [PlugMethod(PlugRequired = true)]
    public static int Count() => throw new NotImplementedException();

    /// <summary>What holds when check <paramref name="index"/> passes.</summary>
    [PlugMethod(PlugRequired = true)]
    public static string NameOf(int index) => throw new NotImplementedException();

    /// <summary>Runs check <paramref name="index"/>; null when it passed, else why it did not.</summary>
    [PlugMethod(PlugRequired = true)]
    public static string? Run(int index) => throw new NotImplementedException();
}
