using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Cosmos.Build.Shells;

namespace MemOS.Tests.Boot;

/// <summary>What a machine's memory is used for.</summary>
internal static class MachineFrames
{
    /// <summary>The frames by what they are for, as <c>mem</c> lists them, after a collection.</summary>
    public static Dictionary<string, ulong> Frames(this BootedMachine machine)
    {
        machine.RunOk("gc collect");
        return machine.RunOk("mem").Select(line => Regex.Match(line, "^ *([a-z ]+?)  +([0-9]+) ")).Where(match => match.Success)
            .DistinctBy(match => match.Groups[1].Value).ToDictionary(match => match.Groups[1].Value, match => ulong.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }
}
