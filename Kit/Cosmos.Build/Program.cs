using System;
using System.CommandLine;
using Cosmos.Build.Commands;
using Cosmos.Build.Shells;
using Cosmos.Build.Tools;

int separator = Array.IndexOf(args, "--");
string[] own = separator < 0 ? args : args[..separator];
string[] forEmulator = separator < 0 ? [] : args[(separator + 1)..];

RootCommand root = new("Images of a kernel, and machines to run them.")
{
    IsoCommand.Create(),
    new RunCommand(forEmulator).Create(),
    BenchCommand.Create(),
    BenchLinuxCommand.Create(),
    TestSummaryCommand.Create(),
};

try
{
    return root.Parse(own).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception problem) when (problem is ToolException or ShellException or FormatException)
{
    Console.Error.WriteLine("error: " + problem.Message);
    return 125;
}
