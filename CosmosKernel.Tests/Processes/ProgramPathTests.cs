using MemOS.Processes;
using NUnit.Framework;

namespace MemOS.Tests.Processes;

public sealed class ProgramPathTests
{
    [TestCase("/", "", "/")]
    [TestCase("/", ".", "/")]
    [TestCase("/", "..", "/")]
    [TestCase("/", "a", "/a")]
    [TestCase("/a/b", "c", "/a/b/c")]
    [TestCase("/a/b", "../c", "/a/c")]
    [TestCase("/a/b", "../../../c", "/c")]
    [TestCase("/a/b", "/c//d/./e/", "/c/d/e")]
    [TestCase("/a", "...", "/a/...")]
    public void A_path_is_taken_from_the_root(string folder, string path, string expected) =>
        Assert.That(ProgramPath.Resolve(folder, path), Is.EqualTo(expected));
}
