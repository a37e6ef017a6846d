using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace MemOS.Tests.Docs;

/// <summary>docs/status.md says of every feature what its state is.</summary>
[TestFixture]
public sealed partial class StatusTests
{
    // The last number of each letter.
    private static readonly (char Letter, int Last)[] s_features = [('A', 16), ('B', 10), ('C', 10), ('D', 8), ('E', 6), ('F', 3), ('G', 5), ('H', 4)];
    private static readonly string[] s_states = ["machine", "host", "part", "later"];

    [Test]
    public void Every_feature_has_a_state_in_the_words_of_the_page()
    {
        Dictionary<string, string> states = Row().Matches(DocumentationTree.Read("docs/status.md"))
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        string[] features = s_features.SelectMany(group => Enumerable.Range(1, group.Last).Select(number => group.Letter + number.ToString())).ToArray();

        Assert.That(states.Keys, Is.EquivalentTo(features));
        Assert.That(states.Where(row => !s_states.Contains(row.Value)), Is.Empty);
    }

    [GeneratedRegex(@"^\| ([A-Z][0-9]+) \| [^|]+ \| (\w+)", RegexOptions.Multiline)]
    private static partial Regex Row();
}
