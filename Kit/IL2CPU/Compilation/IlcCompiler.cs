using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;
using IL2CPU.Binding;

namespace IL2CPU.Compilation;

/// <summary>Compiles the bound assemblies to one object file.</summary>
public sealed class IlcCompiler
{
    private readonly string _program;
    private readonly IlcOptions _options;
    private readonly DiagnosticBag _diagnostics;

    /// <summary>Creates a compiler that runs <paramref name="program"/>.</summary>
    public IlcCompiler(string program, IlcOptions options, DiagnosticBag diagnostics)
    {
        _program = program;
        _options = options;
        _diagnostics = diagnostics;
    }

    /// <summary>Compiles.</summary>
    /// <param name="inputs">The assemblies whose exports are compiled, with all that they need.</param>
    /// <param name="references">The assemblies that those may need.</param>
    /// <param name="forced">Members that are compiled though nothing names them.</param>
    /// <param name="objectFile">The object file to write; the response file and the map go beside it.</param>
    public bool Compile(IReadOnlyList<string> inputs, IReadOnlyList<string> references, IReadOnlyList<ForcedMember> forced, string objectFile)
    {
        string directory = Path.GetFullPath(Path.GetDirectoryName(objectFile)!);
        _ = Directory.CreateDirectory(directory);
        List<string> lines = [.. inputs.Select(Path.GetFullPath)];
        lines.AddRange(references.Select(r => "-r:" + Path.GetFullPath(r)));
        lines.Add("-o:" + Path.GetFullPath(objectFile));
        lines.Add("--map:" + Path.ChangeExtension(Path.GetFullPath(objectFile), ".map.xml"));
        lines.AddRange(_options.Flags());
        if (forced.Count > 0)
        {
            string descriptor = Path.Combine(directory, "forced.xml");
            WriteDescriptor(forced, descriptor);
            lines.Add("--descriptor:" + descriptor);
        }

        string responseFile = Path.ChangeExtension(objectFile, ".rsp");
        File.WriteAllLines(responseFile, lines);
        ExternalTool tool = new(_program, "Restore the package runtime.linux-x64.Microsoft.DotNet.ILCompiler.", _diagnostics);
        return tool.Run(["@" + Path.GetFullPath(responseFile)], directory);
    }

    /// <summary>What a compilation depends on beside its files.</summary>
    public IEnumerable<string> Identity()
    {
        return _options.Flags().Prepend(ExternalTool.Identity(_program));
    }

    private static void WriteDescriptor(IReadOnlyList<ForcedMember> forced, string file)
    {
        using XmlWriter xml = XmlWriter.Create(file, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) });
        xml.WriteStartElement("linker");
        foreach (IGrouping<string, ForcedMember> assembly in forced.GroupBy(f => f.Assembly).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            xml.WriteStartElement("assembly");
            xml.WriteAttributeString("fullname", assembly.Key);
            foreach (IGrouping<string, ForcedMember> type in assembly.GroupBy(f => f.Type).OrderBy(g => g.Key, StringComparer.Ordinal))
                WriteType(xml, type);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteType(XmlWriter xml, IGrouping<string, ForcedMember> members)
    {
        xml.WriteStartElement("type");
        xml.WriteAttributeString("fullname", members.Key);
        if (members.Any(m => m.Method is null))
        {
            xml.WriteAttributeString("preserve", "all");
        }
        else
        {
            foreach (ForcedMember member in members)
            {
                xml.WriteStartElement("method");
                xml.WriteAttributeString("signature", member.Method);
                xml.WriteEndElement();
            }
        }

        xml.WriteEndElement();
    }
}
