using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using IL2CPU.Assembling;
using IL2CPU.Binding;
using IL2CPU.Compilation;
using IL2CPU.Incremental;
using IL2CPU.Linking;
using IL2CPU.Symbols;

namespace IL2CPU;

/// <summary>Builds an image: bind, assemble, compile, link. A step whose inputs have not changed is passed over.</summary>
public sealed class ImageBuilder
{
    private readonly ImageOptions _options;
    private readonly DiagnosticBag _diagnostics;
    private readonly string _work;
    private readonly AssemblyPool _pool;

    /// <summary>Creates a builder.</summary>
    public ImageBuilder(ImageOptions options, DiagnosticBag diagnostics)
    {
        _options = options;
        _diagnostics = diagnostics;
        _work = Path.Combine(options.OutputDirectory, "il2cpu");
        _pool = new AssemblyPool([options.Kernel, .. options.Plugs, .. options.Assemblies, .. options.References], options.Framework);
    }

    /// <summary>The image that GRUB loads.</summary>
    public string ImageFile => Path.Combine(_options.OutputDirectory, _options.Name + ".elf");

    /// <summary>The same image with symbols and line information.</summary>
    public string DebugFile => Path.Combine(_options.OutputDirectory, _options.Name + ".debug.elf");

    /// <summary>The list of plugs.</summary>
    public string PlugListFile => Path.Combine(_options.OutputDirectory, "plugs.json");

    /// <summary>Builds the image.</summary>
    /// <returns>Whether the image is there; otherwise there are errors in the diagnostics.</returns>
    public bool Build()
    {
        using AssemblyPool pool = _pool;
        if (!CheckInputs())
            return false;
        _ = Directory.CreateDirectory(_work);
        if (Bind() is not { } binding || AssembleAll(binding) is not { } objects)
            return false;
        string compiled = Path.Combine(_work, "ilc", "image.o");
        return Compile(binding, compiled) && Link(binding, [.. objects, compiled]);
    }

    private bool CheckInputs()
    {
        IEnumerable<string> files = [_options.Kernel, .. _options.Plugs, .. _options.Assemblies, .. _options.AssemblerSources, _options.LinkerScript];
        foreach (string file in files.Where(f => !File.Exists(f)))
            _diagnostics.Error(ErrorCodes.BadInput, file, "The file does not exist.");
        foreach (string path in _options.References.Concat(_options.Framework).Where(p => !File.Exists(p) && !Directory.Exists(p)))
            _diagnostics.Error(ErrorCodes.BadInput, path, "The file or directory does not exist.");
        return !_diagnostics.HasErrors;
    }

    private BindingResult? Bind()
    {
        string resultFile = Path.Combine(_work, "binding.json");
        IEnumerable<string> inputs = _pool.OwnFiles.Concat(_pool.FrameworkFiles);
        IEnumerable<string> symbols = _pool.OwnFiles.Select(f => Path.ChangeExtension(f, ".pdb")).Where(File.Exists);
        IEnumerable<string> options = ["plugs", .. _options.Plugs.Select(Path.GetFileName)!, "assemblies", .. _options.Assemblies.Select(Path.GetFileName)!,
            "at", Path.GetFullPath(_work)];
        bool done = new BuildStep(_work, "bind").Run(inputs.Concat(symbols), options, [resultFile, PlugListFile], () =>
        {
            if (TryBind() is not { } result)
                return false;
            File.WriteAllText(resultFile, JsonSerializer.Serialize(result));
            PlugListEntry.Write(result.Plugs, PlugListFile);
            return true;
        });
        if (!done)
            return null;

        BindingResult binding = JsonSerializer.Deserialize<BindingResult>(File.ReadAllText(resultFile))!;
        if (_options.Explain)
        {
            foreach (string line in binding.Plugs.SelectMany(p => p.Explain()))
                Console.WriteLine(line);
        }

        return binding;
    }

    private BindingResult? TryBind()
    {
        try
        {
            return new PlugBinder(_pool, _diagnostics)
                .Bind(_options.Kernel, _options.Plugs, _options.Assemblies, Path.Combine(_work, "bound"));
        }
        catch (BadImageFormatException exception)
        {
            _diagnostics.Error(ErrorCodes.BadInput, exception.FileName ?? _options.Kernel, "The file is not an assembly.");
            return null;
        }
    }

    private List<string>? AssembleAll(BindingResult binding)
    {
        string directory = Path.Combine(_work, "xsharp");
        List<string> expected = _options.Plugs.Select(p => Path.GetFileNameWithoutExtension(p))
            .Where(name => binding.Plugs.Any(p => p.IsAssembler && p.PlugAssembly == name))
            .Select(name => Path.Combine(directory, name + ".asm")).ToList();
        // A body may use constants of any assembly of the kernel's own side, which the compiler has put into the plug's.
        bool emitted = new BuildStep(_work, "xsharp").Run([.. _pool.OwnFiles, PlugListFile], [], expected, () =>
        {
            _ = new AssemblerPlugEmitter(_diagnostics).Emit(binding.Plugs, _options.Plugs, _pool.OwnFiles, directory);
            return !_diagnostics.HasErrors;
        });
        if (!emitted)
            return null;

        List<string> objects = [];
        string list = Path.Combine(directory, "image_plugs.asm");
        bool listed = new BuildStep(_work, "pluglist").Run([PlugListFile], [], [list], () =>
        {
            File.WriteAllText(list, PlugListSource.Create(binding.Plugs));
            return true;
        });
        if (!listed)
            return null;
        foreach (string source in expected.Append(list).Concat(_options.AssemblerSources))
        {
            if (Assemble(source, [], objects.Count) is not { } objectFile)
                return null;
            objects.Add(objectFile);
        }

        return objects;
    }

    private string? Assemble(string source, IEnumerable<string> included, int index)
    {
        Nasm nasm = new(_options.NasmProgram, _diagnostics);
        string name = $"{index:00}-{Path.GetFileNameWithoutExtension(source)}";
        string objectFile = Path.Combine(_work, name + ".o");
        IEnumerable<string> inputs = [source, .. Nasm.Includes(source), .. included];
        return new BuildStep(_work, name).Run(inputs, nasm.Identity(), [objectFile], () => nasm.Assemble(source, objectFile)) ? objectFile : null;
    }

    private bool Compile(BindingResult binding, string objectFile)
    {
        IlcCompiler compiler = new(_options.IlcProgram, _options.Ilc, _diagnostics);
        List<string> references = References(binding);
        IEnumerable<string> options = compiler.Identity().Concat(binding.Forced.Select(f => f.ToString()));
        return new BuildStep(_work, "ilc").Run(binding.Inputs.Concat(references), options, [objectFile],
            () => compiler.Compile(binding.Inputs, references, binding.Forced, objectFile));
    }

    private List<string> References(BindingResult binding)
    {
        return _pool.FrameworkFiles
            .Select(f => binding.ReplacedFramework.GetValueOrDefault(Path.GetFileNameWithoutExtension(f), f))
            .Where(IsManaged).ToList();
    }

    /// <summary>The framework's directory for native files holds libraries that are no assemblies.</summary>
    private static bool IsManaged(string file)
    {
        string name = Path.GetFileName(file);
        return !name.Contains(".Native", StringComparison.Ordinal) && name != "msquic.dll";
    }

    private bool Link(BindingResult binding, IReadOnlyList<string> objects)
    {
        Linker linker = new(_options.LinkerProgram, _options.LinkerScript, _diagnostics);
        IEnumerable<string> inputs = [.. objects, _options.LinkerScript];
        return new BuildStep(_work, "link").Run(inputs, linker.Identity(), [ImageFile, DebugFile], () => LinkWithSymbols(linker, binding, objects));
    }

    /// <summary>
    /// Links once to learn where the code lies, makes the table of symbols, and links again with it. The table lies behind the code, so
    /// the code has not moved; that is checked.
    /// </summary>
    private bool LinkWithSymbols(Linker linker, BindingResult binding, IReadOnlyList<string> objects)
    {
        string firstFile = Path.Combine(_work, "first.elf");
        string tableFile = Path.Combine(_work, "ksyms.bin");
        string source = Path.Combine(_work, "ksyms.asm");
        if (!linker.Link(objects, Stripping.DebugInformation, firstFile))
            return false;

        ElfFile first = ElfFile.Read(firstFile);
        using (KnownNames known = KnownNames.Read(binding.Inputs.Concat(References(binding))))
            File.WriteAllBytes(tableFile, SymbolSection.Create(first, known));
        File.WriteAllText(source, SymbolSection.Source(Path.GetFileName(tableFile)));
        string table = Path.Combine(_work, "ksyms.o");
        if (!new Nasm(_options.NasmProgram, _diagnostics).Assemble(source, table))
            return false;

        List<string> all = [.. objects, table];
        if (!linker.Link(all, Stripping.None, DebugFile) || !linker.Link(all, Stripping.Everything, ImageFile))
            return false;
        IReadOnlyList<string> moved = SymbolSection.Moved(first, ElfFile.Read(DebugFile));
        if (moved.Count == 0)
            return true;
        _diagnostics.Error(ErrorCodes.AddressesMoved, _options.LinkerScript, $"Adding the table of symbols moved {moved.Count} code symbols, "
            + $"{moved[0]} among them: the section .ksyms must lie behind all code.");
        return false;
    }
}
