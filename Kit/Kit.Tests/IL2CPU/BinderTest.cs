using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using IL2CPU;
using IL2CPU.Binding;
using NUnit.Framework;

namespace Kit.Tests.IL2CPU;

/// <summary>A test that compiles targets and plugs, binds them, and runs what comes out.</summary>
public abstract class BinderTest
{
    private TestCompiler _compiler = null!;
    private AssemblyLoadContext? _context;

    /// <summary>The errors of the last binding, as the tool prints them.</summary>
    protected IReadOnlyList<string> Errors { get; private set; } = [];

    /// <summary>What the last binding made; null when there were errors.</summary>
    protected BindingResult? Result { get; private set; }

    [SetUp]
    public void CreateCompiler()
    {
        _compiler = new TestCompiler();
        _context = null;
        Errors = [];
        Result = null;
    }

    [TearDown]
    public void RemoveFiles()
    {
        _context?.Unload();
        _compiler.Dispose();
    }

    protected string Compile(string name, string source, params string[] references)
    {
        return _compiler.Compile(name, source, references);
    }

    /// <summary>Compiles a target and one plug assembly for it, and binds them.</summary>
    protected void Bind(string target, string plugs)
    {
        string targetFile = Compile("Target", target);
        BindFiles(targetFile, [Compile("Plugs", plugs, targetFile)]);
    }

    protected void BindFiles(string kernel, IReadOnlyList<string> plugs, params string[] references)
    {
        DiagnosticBag diagnostics = new();
        using AssemblyPool pool = new([kernel, .. plugs, .. references, .. TestCompiler.Kit], [TestCompiler.Framework]);
        Result = new PlugBinder(pool, diagnostics).Bind(kernel, plugs, [], Path.Combine(_compiler.Folder, "bound"));
        Errors = diagnostics.Items.Select(d => d.ToString()).ToList();
    }

    /// <summary>Calls a static method of the bound target.</summary>
    protected object? Call(string type, string method, params object?[] arguments)
    {
        MethodInfo info = LoadBound("Target").GetType(type, throwOnError: true)!
            .GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(type, method);
        return info.Invoke(null, arguments);
    }

    protected Assembly LoadBound(string name)
    {
        Assert.That(Errors, Is.Empty);
        if (_context is null)
        {
            _context = new AssemblyLoadContext("bound", isCollectible: true);
            _context.Resolving += (context, wanted) => Find(wanted.Name!) is { } file ? Load(context, file) : null;
        }

        return _context.Assemblies.FirstOrDefault(a => a.GetName().Name == name) ?? Load(_context, Find(name)!);
    }

    /// <summary>Asserts that binding failed with one error that has the code and names everything given.</summary>
    protected void AssertError(string code, params string[] named)
    {
        Assert.That(Result, Is.Null, "a binding with errors gives no result");
        Assert.That(Errors, Has.Count.EqualTo(1));
        Assert.That(Errors[0], Does.Match(@"^\S+(\(\d+\))?: error " + code + ": "));
        foreach (string name in named)
            Assert.That(Errors[0], Does.Contain(name));
    }

    private string? Find(string name)
    {
        return Result!.Inputs.FirstOrDefault(i => Path.GetFileNameWithoutExtension(i) == name);
    }

    private static Assembly Load(AssemblyLoadContext context, string file)
    {
        using MemoryStream image = new(File.ReadAllBytes(file));
        return context.LoadFromStream(image);
    }
}
