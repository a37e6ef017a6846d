using System;
using System.Collections.Generic;

namespace IL2CPU.Symbols;

/// <summary>A type as its metadata names it.</summary>
public sealed class KnownType
{
    private readonly Lazy<Dictionary<string, string>> _methods;

    internal KnownType(string name, Func<Dictionary<string, string>> readMethods)
    {
        Name = name;
        _methods = new Lazy<Dictionary<string, string>>(readMethods);
    }

    /// <summary>The full name: dots between namespace, outer and nested types, arity marks kept.</summary>
    public string Name { get; }

    /// <summary>The name of the method that <c>ilc</c> calls <paramref name="mangled"/>, or null.</summary>
    public string? FindMethod(string mangled)
    {
        return _methods.Value.GetValueOrDefault(mangled);
    }
}
