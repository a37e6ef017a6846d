using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Mono.Cecil;

namespace IL2CPU.Binding;

/// <summary>The linker symbols of assembler plugs.</summary>
public static class SymbolNames
{
    /// <summary>What an assembler plug's symbol begins with; the name of the target follows.</summary>
    public const string PlugPrefix = "plug.";

    /// <summary>What separates the name from the hash that tells overloads apart.</summary>
    public const char OverloadSeparator = '$';

    /// <summary>
    /// The symbol of the body that replaces <paramref name="target"/>: <c>plug.Namespace.Type.Method</c>, with a hash of the
    /// parameters where the type has overloads of the name.
    /// </summary>
    public static string OfPlug(MethodDefinition target)
    {
        string name = PlugPrefix + Sanitize(target.DeclaringType.FullName) + "." + Sanitize(target.Name);
        bool overloaded = target.DeclaringType.Methods.Count(m => m.Name == target.Name) > 1;
        if (!overloaded)
            return name;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(SignatureText.Of(target)));
        return name + OverloadSeparator + Convert.ToHexStringLower(hash.AsSpan(0, 4));
    }

    private static string Sanitize(string name)
    {
        StringBuilder result = new(name.Length);
        foreach (char c in name.TrimStart('.'))
            _ = result.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '.' ? c : '_');
        return result.ToString();
    }
}
