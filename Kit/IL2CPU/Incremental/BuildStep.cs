using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace IL2CPU.Incremental;

/// <summary>Runs a step of the build when what it depends on has changed.</summary>
/// <remarks>
/// What counts is content: of the input files, of the options, and of this tool. Times do not count, so a checkout or a copy of the
/// inputs builds nothing. The stamp is removed before a step runs and written after it, so a step that was broken off runs again.
/// </remarks>
public sealed class BuildStep
{
    private static readonly ConcurrentDictionary<string, string> s_hashes = new();
    private static readonly string s_tool = typeof(BuildStep).Module.ModuleVersionId.ToString();

    private readonly string _stamp;

    /// <summary>Creates the step of a name with its stamp in <paramref name="directory"/>.</summary>
    public BuildStep(string directory, string name)
    {
        _stamp = Path.Combine(directory, name + ".stamp");
    }

    /// <summary>Runs <paramref name="action"/> unless its outputs are there and made from the same inputs and options.</summary>
    /// <returns>Whether the outputs are there now.</returns>
    public bool Run(IEnumerable<string> inputs, IEnumerable<string> options, IEnumerable<string> outputs, Func<bool> action)
    {
        string fingerprint = Fingerprint(inputs, options);
        if (File.Exists(_stamp) && File.ReadAllText(_stamp) == fingerprint && outputs.All(File.Exists))
            return true;

        File.Delete(_stamp);
        if (!action())
            return false;
        File.WriteAllText(_stamp, fingerprint);
        return true;
    }

    private static string Fingerprint(IEnumerable<string> inputs, IEnumerable<string> options)
    {
        StringBuilder text = new(s_tool);
        foreach (string option in options)
            _ = text.Append('\n').Append(option);
        foreach (string input in inputs)
            _ = text.Append('\n').Append(Path.GetFileName(input)).Append(' ').Append(Hash(input));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Hash(string file)
    {
        FileInfo info = new(file);
        // A file that a step rewrites has another time or length, so its old hash is not found.
        string key = info.Exists ? $"{info.FullName}|{info.Length}|{info.LastWriteTimeUtc.Ticks}" : "";
        return info.Exists ? s_hashes.GetOrAdd(key, _ => HashContent(file)) : "missing";
    }

    private static string HashContent(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
