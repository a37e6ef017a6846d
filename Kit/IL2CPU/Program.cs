using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using IL2CPU;
using IL2CPU.Binding;
using IL2CPU.Compilation;

Argument<string> kernel = new("kernel") { Description = "The kernel's assembly." };
Option<string[]> references = List("--reference", "-r", "PATH", "An assembly that the kernel refers to (the kit's), or a directory of them.");
Option<string[]> plugs = List("--plugs", "-p", "FILE", "A plug assembly. In order: for one target the first counts.");
Option<string[]> assemblies = List("--assembly", "-a", "FILE", "A further assembly that is compiled in (the runtime).");
Option<string[]> framework = List("--framework", "-f", "DIR", "A directory of the framework's assemblies.");
Option<string[]> sources = List("--asm", "-s", "FILE", "A NASM source that is linked in; it may include *.inc of its folder.");
Option<string> script = Required("--linker-script", "-l", "FILE", "The linker script. It must keep the section .ksyms, behind all code.");
Option<string> output = Required("--output", "-o", "DIR", "Where NAME.elf, NAME.debug.elf and plugs.json go; work files go to DIR/il2cpu.");
Option<string> ilc = Required("--ilc", null, "FILE", "The compiler's program.");
Option<string> name = new("--name", "-n") { HelpName = "NAME", Description = "The image's name.", DefaultValueFactory = _ => "kernel" };
Option<string> nasm = new("--nasm") { HelpName = "FILE", Description = "The assembler's program.", DefaultValueFactory = _ => "nasm" };
Option<string> linker = new("--linker") { HelpName = "FILE", Description = "The linker's program.", DefaultValueFactory = _ => "ld.lld" };
Option<string?> instructionSet = new("--instruction-set") { HelpName = "NAME", Description = "The instruction set, such as x86-64-v2 (default: the baseline)." };
Option<string[]> init = List("--init-assembly", null, "NAME", "A further assembly whose library initializer runs at start.");
Option<string[]> features = List("--feature", null, "NAME=VALUE", "A further feature switch.");
Option<string[]> ilcOptions = List("--ilc-option", null, "OPTION", "A further option of the compiler.");
Option<string?> sourceRoot = new("--source-root") { HelpName = "DIR", Description = "Where /_/ of source paths lies, for messages." };
Option<bool> explain = new("--explain") { Description = "Print what replaced what." };

RootCommand root = new("Builds a kernel image: binds plugs, emits and assembles X#, compiles with ilc, links with ld.lld.")
{
    kernel, references, plugs, assemblies, framework, sources, script, output, name, ilc, nasm, linker,
    instructionSet, init, features, ilcOptions, sourceRoot, explain,
};
root.SetAction(result =>
{
    IlcOptions defaults = new();
    ImageOptions options = new()
    {
        Kernel = result.GetRequiredValue(kernel),
        References = result.GetValue(references) ?? [],
        Plugs = result.GetValue(plugs) ?? [],
        Assemblies = result.GetValue(assemblies) ?? [],
        Framework = result.GetValue(framework) ?? [],
        AssemblerSources = result.GetValue(sources) ?? [],
        LinkerScript = result.GetRequiredValue(script),
        OutputDirectory = result.GetRequiredValue(output),
        Name = result.GetRequiredValue(name),
        SourceRoot = result.GetValue(sourceRoot),
        Explain = result.GetValue(explain),
        IlcProgram = result.GetRequiredValue(ilc),
        NasmProgram = result.GetRequiredValue(nasm),
        LinkerProgram = result.GetRequiredValue(linker),
        Ilc = defaults with
        {
            EntryPointAssemblies = [.. defaults.EntryPointAssemblies, .. (result.GetValue(assemblies) ?? []).Select(a => Path.GetFileNameWithoutExtension(a))],
            InstructionSet = result.GetValue(instructionSet),
            InitAssemblies = [.. defaults.InitAssemblies, .. result.GetValue(init) ?? []],
            Features = [.. defaults.Features, .. result.GetValue(features) ?? []],
            Further = result.GetValue(ilcOptions) ?? [],
        },
    };
    DiagnosticBag diagnostics = new() { SourceRoot = options.SourceRoot };
    bool built = new ImageBuilder(options, diagnostics).Build();
    foreach (Diagnostic diagnostic in diagnostics.Items)
        Console.Error.WriteLine(diagnostic);
    return built ? 0 : 1;
});
root.Subcommands.Add(PlugPageCommand());
return root.Parse(args).Invoke();

static Command PlugPageCommand()
{
    Argument<string> list = new("list") { Description = "The plugs.json of an image." };
    Argument<string> page = new("page") { Description = "The Markdown file to write." };
    Command command = new("plugs", "Writes the list of an image's plugs as a page of documentation.") { list, page };
    command.SetAction(result =>
    {
        File.WriteAllText(result.GetRequiredValue(page), PlugPage.Create(PlugListEntry.Read(result.GetRequiredValue(list))));
        return 0;
    });
    return command;
}

static Option<string[]> List(string name, string? alias, string helpName, string description)
{
    Option<string[]> option = alias is null ? new(name) : new(name, alias);
    option.HelpName = helpName;
    option.Description = description;
    option.AllowMultipleArgumentsPerToken = true;
    return option;
}

static Option<string> Required(string name, string? alias, string helpName, string description)
{
    Option<string> option = alias is null ? new(name) : new(name, alias);
    option.HelpName = helpName;
    option.Description = description;
    option.Required = true;
    return option;
}
