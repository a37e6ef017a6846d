using System;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Cosmos.Build.Machines;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Build;

public sealed class TranscriptTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    [TestCase("plain\r\ntext\t.", "plain\ntext\t.")]
    [TestCase("\e[1;32mok\e[0m\r\n", "ok\n")]
    [TestCase("\e[2J\e[01;01Hmenu", "menu")]
    [TestCase("\e(Bx\e=y\b\a", "xy")]
    [TestCase("grün ─│", "grün ─│")]
    public void Escape_sequences_leave_no_trace(string stream, string text)
    {
        Assert.That(new AnsiFilter().Filter(stream), Is.EqualTo(text));
        AnsiFilter byCharacter = new();
        string result = "";
        foreach (char c in stream)
        {
            result += byCharacter.Filter(c.ToString());
        }

        Assert.That(result, Is.EqualTo(text), "the same in pieces");
    }

    [Test]
    public async Task Waiting_ends_when_the_text_comes()
    {
        Transcript transcript = new();
        Task<Match?> waiting = Task.Run(() => transcript.WaitFor(new Regex("b+c"), 1, s_long));
        transcript.Append("abc a");
        transcript.Append("bb");
        transcript.Append("c");
        Match? match = await waiting;
        Assert.That(match?.Value, Is.EqualTo("bc"));
        Assert.That(transcript.WaitFor(new Regex("b+c"), 3, s_long)?.Value, Is.EqualTo("bbc"), "from a place on");
    }

    [Test]
    public void Waiting_ends_with_the_time_or_the_line()
    {
        Transcript transcript = new();
        transcript.Append("something else");
        Assert.That(transcript.WaitFor(new Regex("never"), 0, TimeSpan.FromMilliseconds(10)), Is.Null);
        transcript.Close();
        Assert.That(transcript.WaitFor(new Regex("never"), 0, s_long), Is.Null);
        Assert.That(transcript.IsClosed);
    }

    [Test]
    public void A_follower_is_given_what_was_there_before()
    {
        Transcript transcript = new();
        transcript.Append("one ");
        string seen = "";
        transcript.Follow(piece => seen += piece);
        transcript.Append("two");
        Assert.That(seen, Is.EqualTo("one two"));
    }
}
