using System.Collections.Generic;
using System.Linq;
using System.Text;
using IL2CPU.Binding;

namespace IL2CPU.Linking;

/// <summary>Makes the NASM source of the list of plugs that the image carries: the kernel's own <c>plugs</c> command reads it.</summary>
/// <remarks>ASCII between the symbols <c>image_plugs_start</c> and <c>image_plugs_end</c>, a plug a line: target, tab, plug, tab, assembly.</remarks>
public static class PlugListSource
{
    private const int BytesPerLine = 32;

    /// <summary>The source.</summary>
    public static string Create(IEnumerable<PlugListEntry> plugs)
    {
        StringBuilder source = new("; The list of plugs.\nsection .rodata\nglobal image_plugs_start, image_plugs_end\nimage_plugs_start:\n");
        string text = string.Concat(plugs.Select(p => $"{p.Target}\t{p.Plug}\t{p.PlugAssembly}{(p.IsAssembler ? ", X#" : "")}\n"));
        foreach (byte[] line in Encoding.ASCII.GetBytes(text).Chunk(BytesPerLine))
            source.Append("        db ").AppendJoin(',', line).Append('\n');
        return source.Append("image_plugs_end:\n").ToString();
    }
}
