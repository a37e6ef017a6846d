using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using Cosmos.Build.Tools;
using MemOS.Tests.Boot;
using MemOS.Tests.Plugs;
using NUnit.Framework;

namespace MemOS.Tests.Narrow;

/// <summary>The Cosmos flavour of kernel and plugs as 32-bit code, on machines from 64 MiB to 61 GiB.</summary>
public sealed class NarrowImageTests
{
    private const int DoneCode = (0x10 << 1) | 1;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    // Names that a run must have: a check that is not there passes too.
    private static readonly string[] s_everywhere =
    [
        "width.words have four bytes", "width.addresses go up to 64 GiB", "cosmos.what nothing refers to is collected", "reach.free frames up to the highest",
        "heap.exhaustion", "heap.the heaps hold their invariants", "frames.every frame is accounted for", "paging.every mapping agrees", "paging.page 0", "stress.heap",
    ];

    private TemporaryFolder _folder = null!;
    private NarrowImage _image = null!;

    [OneTimeSetUp]
    public void Build()
    {
        _folder = new TemporaryFolder();
        string plugs = PlugFlavour.Of(32).Folder;
        string kernel = Path.Combine(plugs, "../../../../Samples/NarrowKernel/bin", new DirectoryInfo(plugs).Parent!.Name, "net6.0");
        _image = new NarrowImage(_folder.Path, Path.GetFullPath(kernel), Metadata("NuGetPackageRoot"), Metadata("ILCompilerVersion"));
    }

    [OneTimeTearDown]
    public void RemoveFiles() => _folder.Dispose();

    [TestCase("64M", "max", "", "pae", "stress.paging", "stress.frames")]
    [TestCase("96M", "max", "heap.check=on heap.track=on", "pae", "stress.paging", "stress.frames")]
    [TestCase("1G", "max,-nx", "frames=buddy", "two levels", "stress.frames")]
    [TestCase("5G", "max", "frames=bitmap", "pae", "stress.paging", "stress.frames")]
    [TestCase("61G", "max", "frames=hybrid", "pae", "stress.paging")]
    public void Memory_works_as_32_bit_code(string memory, string processor, string line, string paging, params string[] also)
    {
        string[] lines = Run(memory, processor, line, lines => lines[^1].StartsWith("MemOS: ", StringComparison.Ordinal));
        Assert.That(lines, Has.None.Contains("FAILED").And.None.StartsWith("MemOS: "));
        Assert.That(lines, Does.Contain("all done").And.Contain("paging: " + paging));
        foreach (string name in s_everywhere.Concat(also))
            Assert.That(lines.Where(said => said.StartsWith(name, StringComparison.Ordinal)), Is.Not.Empty.And.All.EndsWith(": passed"), name);
    }

    [Test]
    public void A_null_reference_ends_in_a_report()
    {
        string[] lines = Run("64M", "max", "fault", lines => lines[^1].StartsWith(" eax", StringComparison.Ordinal));
        Assert.That(lines, Has.Some.StartsWith("page fault at 0x10"));
        Assert.That(lines, Has.Some.Contains("page 0 is never mapped: a null reference"));
        Assert.That(lines, Does.Contain("MemOS: page fault"));
    }

    // Up to its end, or to the line that it halts behind.
    private string[] Run(string memory, string processor, string line, Predicate<List<string>> isOver)
    {
        ProcessStartInfo start = new(
            new ExternalTool("qemu-system-i386", "qemu-system-x86").Locate(),
            [
                "-machine", "pc,memory-backend=ram", "-m", memory, "-object", $"memory-backend-ram,id=ram,size={memory},reserve=off", "-cpu", processor, "-accel", "tcg",
                "-kernel", _image.File, "-append", "zones=coal " + line, "-serial", "stdio", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                "-nic", "none", "-display", "none", "-no-reboot",
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        using System.Threading.Timer limit = new(_ => process.Kill(), null, s_limit, System.Threading.Timeout.InfiniteTimeSpan);
        List<string> lines = [];
        while (process.StandardOutput.ReadLine() is { } said)
        {
            lines.Add(said);
            if (!isOver(lines)) continue;
            process.Kill();
            process.WaitForExit();
            TestContext.Out.WriteLine(string.Join('\n', lines));
            return [.. lines];
        }

        process.WaitForExit();
        if (process.ExitCode != DoneCode) TestContext.Out.WriteLine(string.Join('\n', lines));
        Assert.That(process.ExitCode, Is.EqualTo(DoneCode), "how the machine ended");
        return [.. lines];
    }

    private static string Metadata(string key) =>
        typeof(NarrowImageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
