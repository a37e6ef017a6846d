using System.Collections.Generic;
using System.Linq;
using MemOS.Shell;
using NUnit.Framework;

namespace MemOS.Tests.Shell;

public sealed class ScriptParserTests
{
    [TestCase("", "")]
    [TestCase("  a  b\tc ", "a|b|c")]
    [TestCase("a;b", "a / b")]
    [TestCase("; a ;; b;", "a / b")]
    [TestCase("echo 'x;y' z", "echo|x;y|z")]
    [TestCase("echo \"x;y\"", "echo|x;y")]
    [TestCase("pre'fix and'post", "prefix andpost")]
    [TestCase("echo ''", "echo|")]
    [TestCase("echo \"a\\\"b\\\\c\\n\"", "echo|a\"b\\c\\n")]
    [TestCase("echo 'a\\b'", "echo|a\\b")]
    [TestCase("echo it\\'s'", "echo|it\\s")]
    [TestCase("a # b ; c", "a")]
    [TestCase("a#b", "a#b")]
    public void Words_and_commands_are_split(string text, string expected)
    {
        Assert.That(ScriptParser.TryParse(text, out List<string[]> commands));
        Assert.That(string.Join(" / ", commands.Select(words => string.Join("|", words))), Is.EqualTo(expected));
    }

    [TestCase("'")]
    [TestCase("a \"b")]
    [TestCase("a \"b\\\"")]
    [TestCase("a 'b\" c")]
    public void A_quotation_mark_needs_its_partner(string text)
    {
        Assert.That(ScriptParser.TryParse(text, out _), Is.False);
    }
}
