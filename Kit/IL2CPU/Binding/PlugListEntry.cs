using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IL2CPU.Binding;

/// <summary>One line of the list of plugs.</summary>
/// <param name="Target">The method that is replaced.</param>
/// <param name="TargetAssembly">The assembly that it is in.</param>
/// <param name="Plug">The plug's method.</param>
/// <param name="PlugAssembly">The assembly that the plug is in.</param>
/// <param name="Symbol">An assembler plug's symbol, or null for a managed plug.</param>
/// <param name="AssemblerType">An assembler plug's <c>AssemblerMethod</c>, or null.</param>
/// <param name="Overrides">Plugs of later assemblies that this one keeps out, as <c>Plug (Assembly)</c>.</param>
public sealed record PlugListEntry(
    string Target,
    string TargetAssembly,
    string Plug,
    string PlugAssembly,
    string? Symbol,
    string? AssemblerType,
    IReadOnlyList<string> Overrides)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether the body is X#.</summary>
    [JsonIgnore]
    public bool IsAssembler => Symbol is not null;

    /// <summary>The list of a scan, by target.</summary>
    public static IReadOnlyList<PlugListEntry> Create(PlugScanner scanner)
    {
        ILookup<Plug, Plug> losers = scanner.Overridden.ToLookup(o => o.Winner, o => o.Loser);
        return scanner.Plugs
            .Select(p => new PlugListEntry(
                SignatureText.Full(p.Target),
                p.Target.Module.Assembly.Name.Name,
                SignatureText.Full(p.Method),
                p.AssemblyName,
                p.AssemblerType is null ? null : p.Symbol,
                p.AssemblerType?.FullName,
                losers[p].Select(l => $"{SignatureText.Full(l.Method)} ({l.AssemblyName})").ToList()))
            .OrderBy(e => e.TargetAssembly, StringComparer.Ordinal).ThenBy(e => e.Target, StringComparer.Ordinal)
            .ToList();
    }

    /// <summary>Writes the list as JSON.</summary>
    public static void Write(IReadOnlyList<PlugListEntry> entries, string file)
    {
        File.WriteAllText(file, JsonSerializer.Serialize(entries, s_json) + "\n");
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<PlugListEntry> Read(string file)
    {
        return JsonSerializer.Deserialize<List<PlugListEntry>>(File.ReadAllText(file), s_json) ?? [];
    }

    /// <summary>The entry as lines for people.</summary>
    public IEnumerable<string> Explain()
    {
        string kind = IsAssembler ? $"assembler, symbol {Symbol}" : "managed";
        yield return $"{Target} in {TargetAssembly}";
        yield return $"    replaced by {Plug} in {PlugAssembly} ({kind})";
        foreach (string loser in Overrides)
            yield return $"    in place of {loser}";
    }
}
