using System;

namespace MemOS.SelfTest;

/// <summary>A check that the kernel makes of itself.</summary>
public sealed class SelfTestCheck
{
    /// <summary>Creates a check; names are <c>group.what</c>.</summary>
    public SelfTestCheck(string name, Action<CheckRecorder> body)
    {
        Name = name;
        Body = body;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What makes the check.</summary>
    public Action<CheckRecorder> Body { get; }
}
