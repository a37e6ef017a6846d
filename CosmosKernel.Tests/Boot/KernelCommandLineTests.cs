using System.Collections.Generic;
using System.Text;
using MemOS.Boot;
using MemOS.Memory.Heap;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

public sealed unsafe class KernelCommandLineTests
{
    private readonly List<NativeStorage> _storages = [];

    [TearDown]
    public void FreeStorages()
    {
        foreach (NativeStorage storage in _storages) storage.Dispose();
        _storages.Clear();
    }

    [Test]
    public void An_empty_line_gives_the_defaults()
    {
        KernelCommandLine line = Parse("");
        Assert.That(line.Zones, Is.EqualTo(ZonePreset.Veridian));
        Assert.That(line.Frames.IsEmpty, Is.True);
        Assert.That(line.Layout, Is.EqualTo(LayoutPreset.Veridian));
        Assert.That(line.HeapPolicy.IsEmpty, Is.True);
        Assert.That(line.HeapCheck || line.HeapTrack || line.La57 || line.HasSeed, Is.False);
        Assert.That(line.Aslr, Is.True);
        Assert.That(line.CpuCount, Is.Zero);
        Assert.That(line.Exec.IsEmpty, Is.True);
        Assert.That(line.FaultCount, Is.Zero);
    }

    [Test]
    public void Every_key_is_read()
    {
        KernelCommandLine line = Parse("zones=coal frames=bitmap layout=lld heap.policy=quickfit heap.check=on heap.track=on " +
            "cpus=4 la57=on aslr=off seed=0xBEEF exec=\"mem; zones\"");
        Assert.That(line.FaultCount, Is.Zero);
        Assert.That(line.Zones, Is.EqualTo(ZonePreset.Coal));
        Assert.That(line.Frames.ToString(), Is.EqualTo("bitmap"));
        Assert.That(line.Layout, Is.EqualTo(LayoutPreset.Lld));
        Assert.That(line.HeapPolicy.ToString(), Is.EqualTo("quickfit"));
        Assert.That(line.HeapCheck && line.HeapTrack && line.La57 && line.HasSeed, Is.True);
        Assert.That(line.Aslr, Is.False);
        Assert.That(line.CpuCount, Is.EqualTo(4));
        Assert.That(line.Seed, Is.EqualTo(0xBEEF));
        Assert.That(line.Exec.ToString(), Is.EqualTo("mem; zones"));
    }

    [TestCase("zones", "lld", ZonePreset.Lld)]
    [TestCase("zones", "veridian", ZonePreset.Veridian)]
    [TestCase("zones", "coal", ZonePreset.Coal)]
    [TestCase("zones", "valen", ZonePreset.Valen)]
    [TestCase("zones", "linux", ZonePreset.Linux)]
    public void Every_zone_preset_has_a_name(string key, string value, ZonePreset preset)
    {
        KernelCommandLine line = Parse("zones=lld " + key + "=" + value);
        Assert.That(line.Zones, Is.EqualTo(preset), "the last one counts");
        Assert.That(line.FaultCount, Is.Zero);
    }

    [Test]
    public void Other_names_are_read_too()
    {
        Assert.That(Parse("frames=hybrid frames=other").Frames.ToString(), Is.EqualTo("hybrid"), "the last good one counts");
        Assert.That(Parse("frames=hybrid frames=bitmap").Frames.ToString(), Is.EqualTo("bitmap"));
        Assert.That(Parse("layout=valen").Layout, Is.EqualTo(LayoutPreset.Valen));
        Assert.That(Parse("layout=myos").Layout, Is.EqualTo(LayoutPreset.MyOs));
        Assert.That(Parse("heap.policy=firstfit heap.policy=other").HeapPolicy.ToString(), Is.EqualTo("firstfit"));
        Assert.That(Parse("heap.policy=slab layout=veridian").FaultCount, Is.Zero);
        Assert.That(Parse("heap.check=on heap.check=off").HeapCheck, Is.False);
    }

    [TestCase("verbose", CommandLineFault.UnknownKey, "verbose")]
    [TestCase("zone=lld", CommandLineFault.UnknownKey, "zone=lld")]
    [TestCase("Zones=lld", CommandLineFault.UnknownKey, "Zones=lld")]
    [TestCase("=lld", CommandLineFault.UnknownKey, "=lld")]
    [TestCase("zones=", CommandLineFault.BadValue, "zones=")]
    [TestCase("zones", CommandLineFault.BadValue, "zones")]
    [TestCase("zones=windows", CommandLineFault.BadValue, "zones=windows")]
    [TestCase("cpus=0", CommandLineFault.BadValue, "cpus=0")]
    [TestCase("cpus=257", CommandLineFault.BadValue, "cpus=257")]
    [TestCase("cpus=-1", CommandLineFault.BadValue, "cpus=-1")]
    [TestCase("seed=18446744073709551616", CommandLineFault.BadValue, "seed=18446744073709551616")]
    [TestCase("seed=0x", CommandLineFault.BadValue, "seed=0x")]
    [TestCase("seed=12a", CommandLineFault.BadValue, "seed=12a")]
    [TestCase("aslr=maybe", CommandLineFault.BadValue, "aslr=maybe")]
    [TestCase("exec=", CommandLineFault.BadValue, "exec=")]
    [TestCase("exec=\"mem", CommandLineFault.OpenQuote, "exec=mem")]
    public void A_bad_word_is_named_and_ignored(string word, CommandLineFault fault, string text)
    {
        KernelCommandLine line = Parse("cpus=3 zones=coal " + word);
        Assert.That(line.FaultCount, Is.EqualTo(1));
        Assert.That(line.Fault(0, out TextSlice named), Is.EqualTo(fault));
        Assert.That(named.ToString(), Is.EqualTo(text));
        Assert.That(line.CpuCount, Is.EqualTo(3));
        Assert.That(line.Zones, Is.EqualTo(ZonePreset.Coal));
    }

    [TestCase("exec=\"a b; c\"", "a b; c")]
    [TestCase("\"exec=a b; c\"", "a b; c")]
    [TestCase("exec='a \"b\"'", "a \"b\"")]
    [TestCase("\"exec=a \\\"b; c\\\"\"", "a \"b; c\"")]
    [TestCase("exec=a\\ b", "a b")]
    [TestCase("  exec=a\tseed=1", "a")]
    public void Quoting_is_undone_wherever_it_stands(string text, string exec)
    {
        KernelCommandLine line = Parse(text);
        Assert.That(line.FaultCount, Is.Zero);
        Assert.That(line.Exec.ToString(), Is.EqualTo(exec));
    }

    [Test]
    public void More_faults_than_are_kept_are_counted()
    {
        KernelCommandLine line = Parse("a b c d e f g h i j");
        Assert.That(line.FaultCount, Is.EqualTo(10));
        line.Fault(KernelCommandLine.KeptFaults - 1, out TextSlice last);
        Assert.That(last.ToString(), Is.EqualTo("h"));
    }

    [Test]
    public void A_line_that_the_storage_cannot_hold_is_cut_and_reported()
    {
        KernelCommandLine line = Parse("cpus=2 seed=123456", storageBytes: 14);
        Assert.That(line.CpuCount, Is.EqualTo(2));
        Assert.That(line.HasSeed, Is.False, "half a number is no number");
        Assert.That(line.FaultCount, Is.EqualTo(1));
        Assert.That(line.Fault(0, out _), Is.EqualTo(CommandLineFault.TooLong));
    }

    private static bool IsFrameAllocator(TextSlice name) => name.Is("hybrid") || name.Is("bitmap");

    private KernelCommandLine Parse(string text, int storageBytes = 256)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        NativeStorage line = new((ulong)bytes.Length);
        NativeStorage storage = new((ulong)storageBytes);
        _storages.Add(line);
        _storages.Add(storage);
        for (int i = 0; i < bytes.Length; i++) line.Bytes[i] = bytes[i];
        return KernelCommandLine.Parse(new TextSlice(line.Bytes, bytes.Length), storage.Bytes, storageBytes, &IsFrameAllocator, &HeapPolicies.IsKnown);
    }
}
