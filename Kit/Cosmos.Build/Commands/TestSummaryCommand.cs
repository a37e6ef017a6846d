using System;
using System.CommandLine;
using System.IO;
using Cosmos.Build.Figures;

namespace Cosmos.Build.Commands;

/// <summary><c>test-summary</c>: the last line of a test run.</summary>
internal static class TestSummaryCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("folder") { Description = "where the .trx files are" };
        Command command = new("test-summary", "add up the results of test runs") { folder };
        command.SetAction(parsed =>
        {
            TestSummary summary = TestSummary.Read(Directory.GetFiles(parsed.GetRequiredValue(folder), "*.trx"));
            foreach (string name in summary.Failures)
            {
                Console.WriteLine("failed: " + name);
            }

            if (summary.Skipped > 0)
            {
                Console.WriteLine($"{summary.Skipped} skipped");
            }

            Console.WriteLine($"{summary.Passed} passed, {summary.Failed} failed");
            return summary.Failed == 0 && summary.Passed > 0 ? 0 : 1;
        });
        return command;
    }
}
