using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Cosmos.Build.Machines;
using Mono.Cecil;
using Mono.Cecil.Cil;
using NUnit.Framework;

namespace MemOS.Tests.Boot;

/// <summary>An image of the kernel in which one method was replaced, to see that the tests find out.</summary>
internal sealed class MutatedKernel : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();

    /// <summary>Builds it.</summary>
    /// <param name="type">The full name of the method's type.</param>
    /// <param name="method">Its name, which no other method of the type has.</param>
    /// <param name="result">What it returns now at once: a truth, or null where it returns nothing.</param>
    public MutatedKernel(string type, string method, bool? result)
    {
        List<string> arguments = [.. Regex.Matches(File.ReadAllText(BuiltImages.Artifact("memos", ".arguments")), "\"([^\"]*)\"|[^\" \n]+")
            .Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Value)];
        int kernel = arguments.FindIndex(argument => Path.GetFileName(argument) == "CosmosKernel.dll");
        string mutant = Path.Combine(_folder.Path, "CosmosKernel.dll");
        Mutate(arguments[kernel], mutant, type, method, result);
        arguments[kernel] = mutant;
        arguments[arguments.IndexOf("--output") + 1] = _folder.Path;
        Run(arguments);
        Machine = _folder.ImageOf(Path.Combine(_folder.Path, "memos.elf"));
    }

    /// <summary>A machine with it in its drive.</summary>
    public MachineOptions Machine { get; }

    public void Dispose() => _folder.Dispose();

    private static void Mutate(string from, string to, string typeName, string methodName, bool? result)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(from);
        TypeDefinition? type = module.GetType(typeName);
        Assert.That(type, Is.Not.Null, $"there is no {typeName}");
        MethodDefinition method = type.Methods.Single(candidate => candidate.Name == methodName);
        Assert.That(method.ReturnType.FullName, Is.EqualTo(result == null ? "System.Void" : "System.Boolean"), methodName);
        MethodBody body = new(method);
        method.Body = body;
        ILProcessor il = body.GetILProcessor();
        if (result != null) il.Emit(result.Value ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ret);
        module.Write(to);
    }

    private static void Run(List<string> arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        bool hasEnded = process.WaitForExit(s_limit);
        if (!hasEnded) process.Kill(entireProcessTree: true);
        Assert.That(hasEnded && process.ExitCode == 0, output.Result);
    }
}
