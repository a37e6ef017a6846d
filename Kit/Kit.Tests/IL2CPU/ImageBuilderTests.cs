using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Versioning;
using System.Text;
using IL2CPU;
using IL2CPU.Binding;
using IL2CPU.Linking;
using IL2CPU.Symbols;
using NUnit.Framework;

namespace Kit.Tests.IL2CPU;

/// <summary>
/// Builds whole images with the real nasm, ilc and ld.lld. The image is linked as a Linux program: its code needs no runtime, so it can be
/// run here, and its exit code tells whether plugs of both kinds took part.
/// </summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
[Category("Image")]
public class ImageBuilderTests
{
    private const string KernelSource = """
        public static class K
        {
            [AsmLabel("KernelMain")]
            public static int Main(int a) => Managed(a) + Assembled(a, 2);
            [PlugMethod(PlugRequired = true)] static int Managed(int a) => throw new Exception();
            [PlugMethod(PlugRequired = true)] static int Assembled(int a, int b) => throw new Exception();
            [ForceInclude] static int Unused(int a) => a * 77;
        }
        """;

    private const string StartSource = """
        global _start
        extern KernelMain
        section .text
        _start:
            mov edi, 20
            call KernelMain
            mov edi, eax
            mov eax, 60
            syscall
        """;

    private const string Script = """
        ENTRY(_start)
        PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); tls PT_TLS FLAGS(4); }
        SECTIONS
        {
            . = 0x10000000;
            FIRST
            .text : { *(.text .text.*) *(__managedcode) *(__unbox) } :text
            .rodata : { *(.rodata .rodata.*) *(.dotnet_eh_table) } :text
            .eh_frame_hdr : { KEEP(*(.eh_frame_hdr)) } :text
            .eh_frame : { KEEP(*(.eh_frame)) } :text
            .ksyms : { KEEP(*(.ksyms)) } :text
            . = ALIGN(4096);
            .data : { *(.data .data.*) KEEP(*(__modules)) } :data
            .bss : { *(.bss .bss.*) } :data
        }
        """;

    private TestCompiler _compiler = null!;
    private ImageOptions _options = null!;

    [SetUp]
    public void CreateInputs()
    {
        string packages = Metadata("NuGetPackageRoot");
        string version = Metadata("ILCompilerVersion");
        string framework = Path.Combine(packages, "microsoft.netcore.app.runtime.nativeaot.win-x64", version, "runtimes/win-x64");
        _compiler = new TestCompiler();
        string kernel = _compiler.Compile("Kernel", KernelSource);
        _options = new ImageOptions
        {
            Kernel = kernel,
            References = TestCompiler.Kit,
            Plugs = [CompilePlugs(2)],
            Framework = [Path.Combine(framework, "native"), Path.Combine(framework, "lib/net10.0")],
            AssemblerSources = [Write("start.asm", StartSource)],
            LinkerScript = Write("image.ld", Script.Replace("FIRST", "", StringComparison.Ordinal)),
            OutputDirectory = Path.Combine(_compiler.Folder, "out"),
            IlcProgram = Path.Combine(packages, "runtime.linux-x64.microsoft.dotnet.ilcompiler", version, "tools/ilc"),
            LinkerProgram = LinkerWithoutRuntime(),
        };
    }

    [TearDown]
    public void RemoveFiles()
    {
        _compiler.Dispose();
    }

    [Test]
    public void An_image_runs_its_plugs_and_names_its_code()
    {
        ImageBuilder builder = Build();
        Assert.That(Run(builder.ImageFile), Is.EqualTo(62), "2 * 20 of the managed plug and 20 + 2 of the assembler's");

        ElfFile debug = ElfFile.Read(builder.DebugFile);
        Assert.That(ElfFile.Read(builder.ImageFile).CodeSymbols(), Is.Empty, "the image is stripped");
        byte[] table = File.ReadAllBytes(Path.Combine(_options.OutputDirectory, "il2cpu/ksyms.bin"));
        Assert.That(NameOf(table, Address(debug, "Kernel_K__Main") + 1), Is.EqualTo("K.Main"));
        Assert.That(NameOf(table, Address(debug, "plug.K.Assembled")), Is.EqualTo("K.Assembled"));
        Assert.That(NameOf(table, Address(debug, "Kernel_K__Unused")), Is.EqualTo("K.Unused"), "[ForceInclude]");
        Assert.That(table, Has.Length.LessThan(debug.LoadedBytes * 15 / 100));

        IReadOnlyList<PlugListEntry> plugs = PlugListEntry.Read(builder.PlugListFile);
        Assert.That(plugs.Select(p => (p.Target, p.IsAssembler)), Is.EqualTo(new[] { ("K.Assembled(System.Int32,System.Int32)", true), ("K.Managed(System.Int32)", false) }));
        string source = File.ReadAllText(Path.Combine(_options.OutputDirectory, "il2cpu/xsharp/Plugs.asm"));
        Assert.That(source, Does.Contain("; P.Assembled(System.Int32,System.Int32)").And.Contain("; for K.Assembled(System.Int32,System.Int32) in Kernel"));
    }

    [Test]
    public void A_second_build_does_nothing_and_a_changed_plug_is_built_in()
    {
        ImageBuilder builder = Build();
        Dictionary<string, DateTime> before = WriteTimes();
        File.SetLastWriteTimeUtc(_options.Kernel, DateTime.UtcNow); // touched, not changed
        _ = Build();
        Assert.That(WriteTimes(), Is.EquivalentTo(before));

        _ = CompilePlugs(3);
        _ = Build();
        Assert.That(Run(builder.ImageFile), Is.EqualTo(82));

        File.Delete(builder.ImageFile);
        _ = Build();
        Assert.That(Run(builder.ImageFile), Is.EqualTo(82), "what was removed is made again");
    }

    [Test]
    public void Another_folder_gives_the_same_bytes()
    {
        byte[] first = File.ReadAllBytes(Build().ImageFile);
        string elsewhere = Path.Combine(_compiler.Folder, "another", "place");
        CopyInputs(elsewhere);
        Assert.That(File.ReadAllBytes(Build().ImageFile), Is.EqualTo(first));
        Assert.That(Encoding.Latin1.GetString(first), Does.Not.Contain(_compiler.Folder));
    }

    [Test]
    public void A_symbol_table_before_the_code_is_refused()
    {
        _options = _options with { LinkerScript = Write("image.ld", Script.Replace("FIRST", ".first : { KEEP(*(.ksyms)) } :text", StringComparison.Ordinal)) };
        AssertFails("IL2CPU012", "image.ld", ".ksyms");
    }

    [Test]
    public void An_error_of_the_assembler_names_file_and_line()
    {
        _options = _options with { AssemblerSources = [Write("start.asm", StartSource + "\n    mov nothing")] };
        AssertFails("IL2CPU010", "start.asm(10)");
    }

    [Test]
    public void Undefined_symbols_are_the_linkers_error()
    {
        _options = _options with { LinkerProgram = "ld.lld" };
        AssertFails("IL2CPU010", "ld.lld", "undefined symbol: RhpNewFast");
    }

    [Test]
    public void X_sharp_that_throws_is_that_plugs_error()
    {
        string plugs = _compiler.Compile("Plugs", PlugSource(2).Replace("XS.Add", "throw new InvalidOperationException(\"on purpose\"); XS.Add", StringComparison.Ordinal), _options.Kernel);
        _options = _options with { Plugs = [plugs] };
        AssertFails("IL2CPU011", "P.Assembled", "K.Assembled", "Plugs", "on purpose");
    }

    [Test]
    public void A_plug_assembly_may_not_emit_a_label_twice()
    {
        string plugs = _compiler.Compile("Plugs", PlugSource(2).Replace("XS.Add", "XS.Label(\"plug.K.Assembled\"); XS.Add", StringComparison.Ordinal), _options.Kernel);
        _options = _options with { Plugs = [plugs] };
        AssertFails("IL2CPU011", "P.Assembled", "plug.K.Assembled");
    }

    [Test]
    public void Missing_inputs_and_tools_are_named()
    {
        ImageOptions whole = _options;
        _options = whole with { Plugs = ["/no/such/Plugs.dll"] };
        AssertFails("IL2CPU008", "/no/such/Plugs.dll");
        _options = whole with { NasmProgram = "no-such-nasm" };
        AssertFails("IL2CPU010", "no-such-nasm", "nasm");
        _options = whole with { IlcProgram = "/no/such/ilc" };
        AssertFails("IL2CPU010", "/no/such/ilc", "ILCompiler");
    }

    [Test]
    public void An_input_that_is_no_assembly_is_named()
    {
        _options = _options with { Plugs = [Write("Plugs.dll", "text")] };
        AssertFails("IL2CPU008", "Plugs.dll");
    }

    private static string PlugSource(int factor)
    {
        return "class Sum : AssemblerMethod { public override void AssembleNew(Assembler a, object m) { XS.Set(RAX, RDI); XS.Add(RAX, RSI); } }"
            + "[Plug(typeof(K))] public static class P { public static int Managed(int a) => " + factor + " * a; "
            + "[PlugMethod(Assembler = typeof(Sum))] public static int Assembled(int a, int b) => throw new Exception(); }";
    }

    private string CompilePlugs(int factor)
    {
        return _compiler.Compile("Plugs", PlugSource(factor), Path.Combine(_compiler.Folder, "Kernel.dll"));
    }

    private ImageBuilder Build()
    {
        DiagnosticBag diagnostics = new();
        ImageBuilder builder = new(_options, diagnostics);
        bool built = builder.Build();
        Assert.That(diagnostics.Items, Is.Empty);
        Assert.That(built);
        return builder;
    }

    private void AssertFails(string code, params string[] named)
    {
        DiagnosticBag diagnostics = new();
        Assert.That(new ImageBuilder(_options, diagnostics).Build(), Is.False);
        Assert.That(diagnostics.Items, Has.Count.GreaterThanOrEqualTo(1));
        string error = diagnostics.Items[0].ToString();
        foreach (string name in named.Append($"error {code}: "))
            Assert.That(error, Does.Contain(name));
    }

    private void CopyInputs(string folder)
    {
        _ = Directory.CreateDirectory(folder);
        string Copy(string file)
        {
            string copy = Path.Combine(folder, Path.GetFileName(file));
            File.Copy(file, copy);
            if (File.Exists(Path.ChangeExtension(file, ".pdb")))
                File.Copy(Path.ChangeExtension(file, ".pdb"), Path.ChangeExtension(copy, ".pdb"));
            return copy;
        }

        _options = _options with
        {
            Kernel = Copy(_options.Kernel),
            Plugs = [Copy(_options.Plugs[0])],
            AssemblerSources = [Copy(_options.AssemblerSources[0])],
            LinkerScript = Copy(_options.LinkerScript),
            OutputDirectory = Path.Combine(folder, "out"),
        };
    }

    private Dictionary<string, DateTime> WriteTimes()
    {
        return Directory.EnumerateFiles(_options.OutputDirectory, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
    }

    private string Write(string name, string text)
    {
        string file = Path.Combine(_compiler.Folder, name);
        File.WriteAllText(file, text + "\n");
        return file;
    }

    /// <summary>ld.lld that takes an image without the runtime that it would call.</summary>
    private string LinkerWithoutRuntime()
    {
        string file = Write("linker", "#!/bin/sh\nexec ld.lld --unresolved-symbols=ignore-all \"$@\"");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    private static int Run(string program)
    {
        using Process process = Process.Start(program);
        if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            process.Kill();
            Assert.Fail("the image did not end");
        }

        return process.ExitCode;
    }

    private static ulong Address(ElfFile image, string symbol)
    {
        return image.CodeSymbols().Single(s => s.Name == symbol).Address;
    }

    private static unsafe string? NameOf(byte[] table, ulong address)
    {
        Span<byte> buffer = stackalloc byte[200];
        fixed (byte* start = table)
        {
            return new SymbolTableReader(start, (nuint)table.Length).TryFind(address, buffer, out int length, out _) ? Encoding.ASCII.GetString(buffer[..length]) : null;
        }
    }

    private static string Metadata(string key)
    {
        return typeof(ImageBuilderTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
    }
}
