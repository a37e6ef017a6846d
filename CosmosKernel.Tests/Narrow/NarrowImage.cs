using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using IL2CPU;
using IL2CPU.Binding;
using IL2CPU.Compilation;
using MemOS.Tests.Mmu;
using MemOS.Tests.Plugs;
using XSharp;
using ExternalTool = Cosmos.Build.Tools.ExternalTool;
using AssemblerInstance = XSharp.Assembler.Assembler;

namespace MemOS.Tests.Narrow;

/// <summary>Samples/NarrowKernel with MemOS's plugs as 32-bit machine code, ready for a multiboot loader.</summary>
/// <remarks>
/// <para>
/// The kit's binder puts the plugs into the .NET 6 flavour of the kernel, its compiler makes 32-bit code of that (a COFF object, as for Windows), X# bodies are in the frame that
/// IL2CPU gives them and behind a bridge from the compiler's own convention: the first two words in ECX and EDX, the rest on the stack from left to right.
/// </para>
/// <para>What the compiler's code names and nobody has ends the machine with that name when it is called.</para>
/// </remarks>
internal sealed class NarrowImage
{
    private const uint Base = 0x10_0000;
    private const int HeaderPlace = 0xF00;

    private readonly string _folder;
    private readonly PlugFlavour _plugs = PlugFlavour.Of(32);
    private readonly string _packages;
    private readonly string _version;

    public NarrowImage(string folder, string kernelFolder, string packages, string version)
    {
        _folder = folder;
        _packages = packages;
        _version = version;
        BindingResult binding = Bind(kernelFolder);
        string compiled = Compile(binding);
        string entry = Assemble("entry", EntrySource(binding));
        string missing = Assemble("missing", MissingSource(NamesIn("-u", compiled).Except(NamesIn("--defined-only", entry))));
        string linked = PathOf("kernel.exe");
        new ExternalTool("lld-link", "lld").Run(
            [
                "/machine:x86", "/subsystem:console", "/entry:start", "/nodefaultlib", "/fixed", $"/base:0x{Base:x}", "/align:4096", "/filealign:4096", "/safeseh:no",
                "/opt:noref", "/opt:noicf", "/ignore:4254", "/ignore:4078", "/map:" + PathOf("kernel.map"), "/out:" + linked, entry, missing, compiled,
            ]);
        File = PathOf("kernel.bin");
        System.IO.File.WriteAllBytes(File, Load(System.IO.File.ReadAllBytes(linked)));
    }

    /// <summary>The image that a multiboot loader takes.</summary>
    public string File { get; }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string FrameworkFolder => Path.Combine(_packages, "microsoft.netcore.app.runtime.nativeaot.win-x64", _version, "runtimes", "win-x64");

    private BindingResult Bind(string kernelFolder)
    {
        string core = Path.Combine(_folder, "System.Private.CoreLib.dll");
        NarrowCoreLibrary.Write(Path.Combine(FrameworkFolder, "native", "System.Private.CoreLib.dll"), core);
        DiagnosticBag diagnostics = new();
        string kernel = Path.Combine(kernelFolder, "NarrowKernel.dll");
        string plugs = Path.Combine(kernelFolder, "MemOS.Plugs.dll");
        using AssemblyPool pool = new([kernelFolder], [core, Path.Combine(FrameworkFolder, "lib", "net10.0")]);
        BindingResult? result = new PlugBinder(pool, diagnostics).Bind(kernel, [plugs, kernel], [], PathOf("bound"));
        return result ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Items));
    }

    private string Compile(BindingResult binding)
    {
        string compiled = PathOf("compiled.obj");
        string[] lines =
        [
            .. binding.Inputs,
            "-r:" + PathOf("System.Private.CoreLib.dll"),
            "-r:" + Path.Combine(FrameworkFolder, "native", "System.Private.TypeLoader.dll"),
            "-r:" + Path.Combine(FrameworkFolder, "native", "System.Private.Reflection.Execution.dll"),
            "-r:" + Path.Combine(FrameworkFolder, "native", "System.Private.StackTraceMetadata.dll"),
            "-r:" + Path.Combine(FrameworkFolder, "lib", "net10.0", "*.dll"),
            "-o:" + compiled, "--map:" + PathOf("compiled.map.xml"), "-O", "-g", "--nativelib", "--targetos:windows", "--targetarch:x86",
            "--systemmodule:System.Private.CoreLib", "--generateunmanagedentrypoints:NarrowKernel", "--generateunmanagedentrypoints:System.Private.CoreLib", "--reflectiondata:none", "--noinlinetls",
            .. new IlcOptions().DirectPInvoke.Select(library => "--directpinvoke:" + library),
            "--feature:System.Globalization.Invariant=true", "--feature:System.Resources.UseSystemResourceKeys=true",
            "--feature:System.Diagnostics.Tracing.EventSource.IsSupported=false", "--feature:System.Diagnostics.StackTrace.IsSupported=false",
        ];
        string response = PathOf("compiled.rsp");
        System.IO.File.WriteAllLines(response, lines);
        new ExternalTool(Path.Combine(_packages, "runtime.linux-x64.microsoft.dotnet.ilcompiler", _version, "tools", "ilc"), "").Run(["@" + response]);
        return compiled;
    }

    private string EntrySource(BindingResult binding)
    {
        AssemblerInstance code = new(32);
        using (code.Enter())
        {
            // Places in the image are ELF's in X#'s sources; here a section has a name and an alignment.
            Lines("%define progbits", "%define alloc", "%define noexec", "%define nowrite", "section memos_fixups align=4", "__start_memos_fixups:");
            Lines(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Narrow", "NarrowEntry.asm")).Split('\n'));
            Lines("section .text");
            foreach (PlugListEntry plug in binding.Plugs.Where(plug => plug.IsAssembler)) EmitBridge(code, plug);
            Lines("section memos_fixups", "__stop_memos_fixups:", "dd 0", "section .data", "callback: dd 0");
        }

        return code.ToSource();
    }

    // What the compiler's code names and nobody has.
    private static string MissingSource(IEnumerable<string> names)
    {
        StringBuilder text = new("section .text\nextern not_there\n");
        int number = 0;
        foreach (string name in names)
            text.Append(CultureInfo.InvariantCulture, $"global {name}\n{name}:\nmov eax, name_{number}\njmp not_there\nname_{number++}: db '{name}', 0\n");
        return text.ToString();
    }

    private string Assemble(string name, string source)
    {
        string file = PathOf(name + ".asm");
        string assembled = PathOf(name + ".obj");
        System.IO.File.WriteAllText(file, source);
        ExternalTool.Nasm.Run(["-f", "win32", "-o", assembled, file]);
        return assembled;
    }

    private static HashSet<string> NamesIn(string which, string objectFile) =>
        [.. new ExternalTool("nm", "binutils").Run([which, objectFile]).Split('\n').Select(line => line.Split(' ')[^1]).Where(name => name.Length != 0)];

    private void EmitBridge(AssemblerInstance code, PlugListEntry plug)
    {
        string text = plug.Plug[..plug.Plug.IndexOf('(', StringComparison.Ordinal)];
        string name = string.Join('.', text.Split(' ', '.')[^2..]);
        MethodInfo method = _plugs.Method(name);
        string body = "F." + name;
        (int arguments, int result) = Il2CpuFrame.SizesOf(method);
        Lines($"global {plug.Symbol}", $"{plug.Symbol}:", "push ebx", "push esi", "push edi");
        int depth = 16;
        int onStack = 0;
        foreach ((ParameterInfo parameter, string? register) in Registers(method.GetParameters()))
            if (register is null) onStack += Il2CpuFrame.SizeOf(parameter.ParameterType);
        int offset = onStack;
        foreach ((ParameterInfo parameter, string? register) in Registers(method.GetParameters()))
        {
            if (register is null)
            {
                int size = Il2CpuFrame.SizeOf(parameter.ParameterType);
                offset -= size;
                for (int word = size - 4; word >= 0; word -= 4, depth += 4) Lines($"push dword [esp + {depth + offset + word}]");
                continue;
            }

            if (parameter is { Name: "target", ParameterType.IsPointer: true }) Lines($"mov [callback], {register}", "push called_back");
            else Lines("push " + register);
            depth += 4;
        }

        if (result > arguments) Lines($"sub esp, {result - arguments}");
        Lines("call " + body);
        if (result > 0) Lines("pop eax");
        if (result > 4) Lines("pop edx");
        if (method.ReturnType.Name is "Byte" or "Boolean") Lines("movzx eax, al");
        if (method.ReturnType.Name is "UInt16") Lines("movzx eax, ax");
        Lines("pop edi", "pop esi", "pop ebx", $"ret {onStack}");
        Il2CpuFrame.Emit(code, _plugs, name, body);
    }

    private static IEnumerable<(ParameterInfo Parameter, string? Register)> Registers(ParameterInfo[] parameters)
    {
        string[] registers = ["ecx", "edx"];
        int used = 0;
        foreach (ParameterInfo parameter in parameters)
            yield return (parameter, Il2CpuFrame.SizeOf(parameter.ParameterType) == 4 && used < registers.Length ? registers[used++] : null);
    }

    private static void Lines(params string[] lines)
    {
        foreach (string line in lines) XS.LiteralCode(line.TrimEnd());
    }

    // The file as it lies in memory, with the loader's header in the room before the first section.
    private static byte[] Load(byte[] file)
    {
        int header = BitConverter.ToInt32(file, 0x3C);
        int sections = BitConverter.ToUInt16(file, header + 6);
        int optional = header + 24;
        uint entry = BitConverter.ToUInt32(file, optional + 16);
        uint size = BitConverter.ToUInt32(file, optional + 56);
        int table = optional + BitConverter.ToUInt16(file, header + 20);
        byte[] image = new byte[size];
        file.AsSpan(0, HeaderPlace).CopyTo(image);
        for (int section = table; section < table + (sections * 40); section += 40)
        {
            int virtualSize = BitConverter.ToInt32(file, section + 8);
            int place = BitConverter.ToInt32(file, section + 12);
            int rawSize = Math.Min(BitConverter.ToInt32(file, section + 16), virtualSize);
            file.AsSpan(BitConverter.ToInt32(file, section + 20), rawSize).CopyTo(image.AsSpan(place));
        }

        const uint Magic = 0x1BADB002;
        const uint Flags = 0x10002;
        uint[] words = [Magic, Flags, unchecked(0 - Magic - Flags), Base + HeaderPlace, Base, Base + size, Base + size, Base + entry];
        for (int i = 0; i < words.Length; i++) BitConverter.TryWriteBytes(image.AsSpan(HeaderPlace + (i * 4)), words[i]);
        return image;
    }
}
