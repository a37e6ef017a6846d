using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using IL2CPU.Binding;

namespace IL2CPU.Symbols;

/// <summary>Turns the symbols of the object files into names for people: <c>Namespace.Type.Method</c>.</summary>
/// <remarks>
/// <c>ilc</c> writes <c>Assembly_Namespace_Type&lt;Args&gt;__Method&lt;Args&gt;</c>, type arguments between <c>__</c>. Types and methods are looked
/// up in the metadata; what is not there is split at its last <c>__</c>. Names that C# made up are shown as what they were written
/// as: a lambda's as <c>Method.lambda</c>, a local function's as <c>Method.Function</c>, an iterator's as the method.
/// </remarks>
public sealed partial class Demangler
{
    private const string Unbox = "unbox_";
    private const string BoxedMethod = "__<unbox>";
    private const string Array = "__Array<";

    /// <summary>Helpers that <c>ilc</c> makes for a type: the type's name follows.</summary>
    private static readonly (string Prefix, string Shown)[] s_typeHelpers =
    [
        ("__GetGCStaticBase_", "(statics)"),
        ("__GetNonGCStaticBase_", "(statics)"),
        ("__GetThreadStaticBase_", "(thread statics)"),
    ];

    /// <summary>Helpers whose names say little to people.</summary>
    private static readonly (string Prefix, string Shown)[] s_helpers =
    [
        ("__GenericLookupFromType_", "(generic lookup)"),
        ("__GenericLookupFromDict_", "(generic lookup)"),
        ("__DelegateCtor_", "(delegate constructor)"),
    ];

    private static readonly Dictionary<string, string> s_keywords = new()
    {
        ["System.Void"] = "void",
        ["System.Boolean"] = "bool",
        ["System.Char"] = "char",
        ["System.SByte"] = "sbyte",
        ["System.Byte"] = "byte",
        ["System.Int16"] = "short",
        ["System.UInt16"] = "ushort",
        ["System.Int32"] = "int",
        ["System.UInt32"] = "uint",
        ["System.Int64"] = "long",
        ["System.UInt64"] = "ulong",
        ["System.IntPtr"] = "nint",
        ["System.UIntPtr"] = "nuint",
        ["System.Single"] = "float",
        ["System.Double"] = "double",
        ["System.Object"] = "object",
        ["System.String"] = "string",
        ["System.__Canon"] = "__Canon",
    };

    private readonly KnownNames _known;

    /// <summary>Creates a demangler that knows the types of <paramref name="known"/>.</summary>
    public Demangler(KnownNames known)
    {
        _known = known;
    }

    /// <summary>The name for people; the symbol itself when it is no compiled method's.</summary>
    public string Demangle(string symbol)
    {
        if (symbol.StartsWith(SymbolNames.PlugPrefix, StringComparison.Ordinal))
            return symbol[SymbolNames.PlugPrefix.Length..].Split(SymbolNames.OverloadSeparator)[0];
        if (Helper(symbol) is { } helper)
            return helper;
        int boxed = symbol.LastIndexOf(BoxedMethod, StringComparison.Ordinal);
        if (boxed >= 0)
            symbol = symbol[(boxed + BoxedMethod.Length)..];
        else if (symbol.StartsWith(Unbox, StringComparison.Ordinal))
            symbol = symbol[Unbox.Length..];
        return TrySplitKnown(symbol) ?? SplitByShape(symbol) ?? symbol;
    }

    private string? Helper(string symbol)
    {
        foreach ((string prefix, string shown) in s_typeHelpers)
        {
            if (symbol.StartsWith(prefix, StringComparison.Ordinal))
                return FullType(symbol[prefix.Length..]) + "." + shown;
        }

        return s_helpers.FirstOrDefault(h => symbol.StartsWith(h.Prefix, StringComparison.Ordinal)).Shown;
    }

    private string FullType(string mangled)
    {
        int arguments = mangled.IndexOf('<', StringComparison.Ordinal);
        string name = arguments < 0 ? mangled : mangled[..arguments];
        string readable = _known.TryGetType(name, out KnownType? type) ? type.Name : name;
        return WithArguments(readable, arguments < 0 ? "" : mangled[arguments..]);
    }

    /// <summary>Splits where a known type ends and <c>__</c> follows; the longest such type counts.</summary>
    private string? TrySplitKnown(string symbol)
    {
        foreach (int split in TopLevelSeparators(symbol).Reverse())
        {
            ReadOnlySpan<char> owner = symbol.AsSpan(0, split);
            int arguments = owner.IndexOf('<');
            // "A<X>_b" is no type: arguments end one.
            if (arguments >= 0 && owner[^1] != '>')
                continue;
            string typeName = (arguments < 0 ? owner : owner[..arguments]).ToString();
            if (!_known.TryGetType(typeName, out KnownType? type))
                continue;
            string typeText = WithArguments(type.Name, arguments < 0 ? "" : symbol[arguments..split]);
            return Join(typeText, Method(type, symbol[(split + 2)..]));
        }

        return null;
    }

    private string? SplitByShape(string symbol)
    {
        int split = TopLevelSeparators(symbol).LastOrDefault(-1);
        if (split <= 0)
            return null;
        int arguments = symbol.AsSpan(0, split).IndexOf('<');
        string owner = symbol[..(arguments < 0 ? split : arguments)];
        return WithArguments(owner.Replace('_', '.'), arguments < 0 ? "" : symbol[arguments..split]) + "." + Method(null, symbol[(split + 2)..]);
    }

    /// <summary>Where <c>__</c> stands outside of angle brackets, from the left; of three underscores the first two.</summary>
    private static IEnumerable<int> TopLevelSeparators(string symbol)
    {
        int depth = 0;
        for (int i = 0; i + 2 < symbol.Length; i++)
        {
            depth += symbol[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (depth == 0 && i > 0 && symbol[i] == '_' && symbol[i + 1] == '_')
                yield return i;
        }
    }

    private string Method(KnownType? type, string mangled)
    {
        int arguments = mangled.IndexOf('<', StringComparison.Ordinal);
        string name = arguments < 0 ? mangled : mangled[..arguments];
        string readable = type?.FindMethod(name) ?? (name is "_ctor" or "_cctor" ? "." + name[1..] : name);
        return arguments < 0 ? readable : readable + Arguments(mangled[arguments..]);
    }

    /// <summary>Puts type arguments in place of the arity marks: the innermost type takes the last ones.</summary>
    private string WithArguments(string typeName, string mangledArguments)
    {
        string text = mangledArguments.Length == 0 ? "" : Arguments(mangledArguments);
        return ArityMark().Replace(typeName, "") + text;
    }

    /// <summary><c>&lt;A__B&gt;</c> as <c>&lt;A, B&gt;</c> with short names.</summary>
    private string Arguments(string mangled)
    {
        List<string> arguments = [];
        int at = 1;
        while (at < mangled.Length && mangled[at] != '>')
        {
            int end = EndOfType(mangled, at);
            arguments.Add(ShortType(mangled[at..end]));
            at = end + 2 <= mangled.Length && mangled.AsSpan(end).StartsWith("__") ? end + 2 : end;
            if (end == at && mangled[at] != '>')
                break;
        }

        return "<" + string.Join(", ", arguments) + ">";
    }

    /// <summary>Where the type that begins at <paramref name="start"/> ends: the farthest place that gives a known type, or the nearest.</summary>
    private int EndOfType(string text, int start)
    {
        int depth = 0;
        int nearest = -1;
        int farthestKnown = -1;
        int i = text.AsSpan(start).StartsWith(Array) ? start + 2 : start;
        for (; i < text.Length && depth >= 0; i++)
        {
            bool isEnd = depth == 0 && i > start && (text[i] == '>' || text.AsSpan(i).StartsWith("__"));
            if (isEnd)
            {
                nearest = nearest < 0 ? i : nearest;
                if (IsKnown(text[start..i]))
                    farthestKnown = i;
            }

            depth += text[i] switch { '<' => 1, '>' => -1, _ => 0 };
        }

        return farthestKnown >= 0 ? farthestKnown : nearest >= 0 ? nearest : text.Length;
    }

    private bool IsKnown(string mangled)
    {
        int arguments = mangled.IndexOf('<', StringComparison.Ordinal);
        // "A<X>__B" is two types, not one.
        if (arguments > 0 && !mangled.EndsWith('>'))
            return false;
        return mangled.StartsWith(Array, StringComparison.Ordinal) || _known.TryGetType(arguments < 0 ? mangled : mangled[..arguments], out _);
    }

    private string ShortType(string mangled)
    {
        if (mangled.StartsWith(Array, StringComparison.Ordinal) && mangled.EndsWith('>'))
            return ShortType(mangled[Array.Length..^1]) + "[]";
        int arguments = mangled.IndexOf('<', StringComparison.Ordinal);
        string name = arguments < 0 ? mangled : mangled[..arguments];
        if (!_known.TryGetType(name, out KnownType? type))
            return name + (arguments < 0 ? "" : Arguments(mangled[arguments..]));
        if (s_keywords.TryGetValue(type.Name, out string? keyword))
            return keyword;
        string shortName = type.Name[(type.Name.LastIndexOf('.') + 1)..];
        return WithArguments(shortName, arguments < 0 ? "" : mangled[arguments..]);
    }

    private static string Join(string type, string method)
    {
        string name = type + "." + method;
        name = ClosureClass().Replace(name, "");
        name = Iterator().Replace(name, "$1");
        name = Lambda().Replace(name, "$1.lambda");
        return LocalFunction().Replace(name, "$1.$2");
    }

    [GeneratedRegex(@"`\d+")]
    private static partial Regex ArityMark();

    /// <summary>The classes that hold lambdas and their variables.</summary>
    [GeneratedRegex(@"\.<>c(__DisplayClass\w+)?(?=[.<])")]
    private static partial Regex ClosureClass();

    [GeneratedRegex(@"<(\w+)>d__\d+")]
    private static partial Regex Iterator();

    [GeneratedRegex(@"<([\w.]+)>b__\w+")]
    private static partial Regex Lambda();

    [GeneratedRegex(@"<([\w.]+)>g__(\w+)\|\w+")]
    private static partial Regex LocalFunction();
}
