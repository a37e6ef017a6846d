using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using IL2CPU.Binding;
using XSharp.Assembler;

namespace IL2CPU.Assembling;

/// <summary>Runs the X# of assembler plugs and writes it as NASM source, one file a plug assembly.</summary>
public sealed class AssemblerPlugEmitter
{
    private readonly DiagnosticBag _diagnostics;

    /// <summary>Creates an emitter.</summary>
    public AssemblerPlugEmitter(DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
    }

    /// <summary>Emits the bodies of all assembler plugs.</summary>
    /// <param name="plugs">The list of plugs; managed ones are passed over.</param>
    /// <param name="plugFiles">The plug assemblies.</param>
    /// <param name="ownFiles">Where the plug assemblies' references are.</param>
    /// <param name="outputDirectory">Where the sources go.</param>
    /// <returns>The source files, in the order of <paramref name="plugFiles"/>.</returns>
    public IReadOnlyList<string> Emit(IReadOnlyList<PlugListEntry> plugs, IEnumerable<string> plugFiles, IEnumerable<string> ownFiles, string outputDirectory)
    {
        _ = Directory.CreateDirectory(outputDirectory);
        ILookup<string, PlugListEntry> byAssembly = plugs.Where(p => p.IsAssembler).ToLookup(p => p.PlugAssembly);
        PlugLoadContext context = new(ownFiles);
        List<string> sources = [];
        foreach (string file in plugFiles)
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (!byAssembly.Contains(name))
                continue;
            string source = Path.Combine(outputDirectory, name + ".asm");
            File.WriteAllText(source, EmitAssembly(context, file, byAssembly[name]));
            sources.Add(source);
        }

        context.Unload();
        return sources;
    }

    private string EmitAssembly(PlugLoadContext context, string file, IEnumerable<PlugListEntry> plugs)
    {
        Assembly assembly = context.LoadFile(file);
        Assembler assembler = new(64);
        assembler.AppendComment($"Assembler plugs of {Path.GetFileName(file)}, emitted by IL2CPU.");
        foreach (PlugListEntry plug in plugs)
        {
            assembler.Append("");
            assembler.AppendComment($"{plug.Plug}\nfor {plug.Target} in {plug.TargetAssembly}");
            // The body before may have left another section open.
            assembler.Append("section .text");
            try
            {
                Type type = assembly.GetType(plug.AssemblerType!.Replace('/', '+'), throwOnError: true)!;
                AssemblerMethod method = (AssemblerMethod)Activator.CreateInstance(type, nonPublic: true)!;
                assembler.EmitMethod(plug.Symbol!, method, plug);
            }
#pragma warning disable CA1031 // Whatever a plug's code throws is an error of that plug.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Exception cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
                _diagnostics.Error(ErrorCodes.AssemblerFailed, file, $"Plug {plug.Plug} in {plug.PlugAssembly} for {plug.Target} in {plug.TargetAssembly}: "
                    + $"{plug.AssemblerType}.AssembleNew failed: {cause.GetType().Name}: {cause.Message}");
            }
        }

        return assembler.ToSource();
    }
}
