using System.Linq;
using System.Text;
using MemOS.Boot;
using MemOS.Memory.Virtual;
using MemOS.Processes;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

public sealed unsafe class RandomTests
{
    [Test]
    public void The_stream_is_SplitMix64()
    {
        // The first words of the seed 1234567, as the reference implementation gives them.
        RandomStream stream = new(1234567);
        ulong[] words = [.. Enumerable.Range(0, 3).Select(_ => stream.Next())];
        Assert.That(words, Is.EqualTo(new[] { 6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL }));
    }

    [Test]
    public void A_seed_repeats_places_and_words_and_another_gives_others()
    {
        ulong[] first = WordsOf("seed=7");
        Assert.That(WordsOf("seed=7"), Is.EqualTo(first));
        Assert.That(WordsOf("seed=8").Concat(first), Is.Unique, "places tell nothing of words either");
        Assert.That(Make("seed=0").Origin, Is.EqualTo(RandomOrigin.CommandLine), "0 is a seed like others");
    }

    [Test]
    public void Switched_off_nothing_is_moved_but_programs_get_their_words()
    {
        ProcessRandom random = Make("aslr=off seed=7");
        UserMoves moves = random.NextMoves();
        Assert.That((moves.Stack | moves.Anywhere | moves.Image | moves.Heap, random.AreMoved), Is.EqualTo((0UL, false)));
        Assert.That(new[] { random.NextWord(), random.NextWord() }, Is.Unique);
    }

    private static ulong[] WordsOf(string line)
    {
        ProcessRandom random = Make(line);
        UserMoves moves = random.NextMoves();
        UserMoves words = random.NextWords();
        return [moves.Stack, moves.Anywhere, moves.Image, moves.Heap, words.Stack, words.Anywhere, words.Image, words.Heap, random.NextWord()];
    }

    private static ProcessRandom Make(string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        using NativeStorage storage = new(64);
        fixed (byte* line = bytes)
        {
            KernelCommandLine parsed = KernelCommandLine.Parse(new TextSlice(line, bytes.Length), storage.Bytes, 64, &IsKnown, &IsKnown);
            return new ProcessRandom(in parsed, default);
        }
    }

    private static bool IsKnown(TextSlice name) => !name.IsEmpty;
}
