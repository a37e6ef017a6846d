using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace Cosmos.Build.Figures;

/// <summary>The results of one or more test runs, from the files that `dotnet test --logger trx` writes.</summary>
public sealed record TestSummary(int Passed, int Skipped, IReadOnlyList<string> Failures)
{
    public int Failed => Failures.Count;

    /// <summary>Everything that neither passed nor was left out has failed; so has a run that was broken off, with its file's name.</summary>
    public static TestSummary Read(IEnumerable<string> files)
    {
        int passed = 0;
        int skipped = 0;
        List<string> failures = [];
        foreach (string file in files)
        {
            XElement run = XDocument.Load(file).Root!;
            XNamespace space = run.Name.Namespace;
            foreach (XElement result in run.Descendants(space + "UnitTestResult"))
            {
                switch ((string?)result.Attribute("outcome"))
                {
                    case "Passed":
                        passed++;
                        break;
                    case "NotExecuted":
                        skipped++;
                        break;
                    default:
                        failures.Add((string?)result.Attribute("testName") ?? "?");
                        break;
                }
            }

            // "Failed" is what failed tests make of it; "Completed" is success.
            string? outcome = (string?)run.Elements(space + "ResultSummary").SingleOrDefault()?.Attribute("outcome");
            if (outcome is not ("Completed" or "Failed"))
            {
                failures.Add($"{System.IO.Path.GetFileName(file)}: the run was {outcome ?? "broken off"}");
            }
        }

        return new TestSummary(passed, skipped, failures);
    }
}
