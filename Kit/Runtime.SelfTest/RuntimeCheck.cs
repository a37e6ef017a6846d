using System;

namespace Kit.Runtime.SelfTest;

/// <summary>A check that runs in the machine.</summary>
public sealed class RuntimeCheck
{
    private readonly Func<bool> _body;

    internal RuntimeCheck(string name, Func<bool> body)
    {
        Name = name;
        _body = body;
    }

    /// <summary>What holds when the check passes.</summary>
    public string Name { get; }

    /// <summary>Runs the check; an exception that leaves it is a failure.</summary>
    /// <param name="problem">Why it failed; null when it passed.</param>
    public bool Run(out string? problem)
    {
        problem = null;
        try
        {
            if (!_body())
                problem = "the result is wrong";
        }
        catch (Exception e)
        {
            problem = e.GetType().Name + ": " + e.Message;
        }

        return problem == null;
    }
}
