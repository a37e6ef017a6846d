using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using MemOS.Memory.Diagnostics;
using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Lab.Paging;

/// <summary>A walk for scripts; addresses and entries are texts, as a number of JSON's has 53 bits in most readers.</summary>
internal static class WalkJson
{
    public static string Create(IPageTables tables, VirtAddr address)
    {
        List<WalkStep> steps = [];
        PagingResult result = tables.Explain(address, steps);
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("format", tables.FormatName);
            json.WriteString("address", Hex(address.Value));
            json.WriteStartArray("steps");
            foreach (WalkStep step in steps) WriteStep(json, step);
            json.WriteEndArray();
            json.WriteString("result", CamelCase(result.ToString()));
            if (result == PagingResult.Ok && tables.Translate(address, out Translation translation) == PagingResult.Ok)
            {
                json.WriteString("physical", Hex(translation.Address.Value));
                json.WriteNumber("pageBytes", translation.PageSizeBytes);
                WriteFlags(json, translation.Flags);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteStep(Utf8JsonWriter json, WalkStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("level", step.Level + 1);
        json.WriteString("table", Hex(step.Table.Value));
        json.WriteNumber("index", step.Index);
        json.WriteString("entry", Hex(step.Entry));
        json.WriteString("kind", CamelCase(step.Kind.ToString()));
        WriteFlags(json, step.Flags);
        json.WriteEndObject();
    }

    private static void WriteFlags(Utf8JsonWriter json, PageFlags flags)
    {
        json.WriteStartArray("flags");
        foreach (PageFlags flag in Enum.GetValues<PageFlags>().Where(flag => flag != PageFlags.None && flags.HasFlag(flag))) json.WriteStringValue(CamelCase(flag.ToString()));
        json.WriteEndArray();
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Hex(ulong number) => "0x" + number.ToString("x");
}
