using System;
using Cosmos.Build.Machines;

namespace Cosmos.Build.Shells;

/// <summary>The prompt did not come: the machine ended, or (<see cref="End"/> null) the time was up.</summary>
public sealed class ShellException(string message, MachineEnd? end) : Exception(message)
{
    public MachineEnd? End { get; } = end;
}
