using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Lab.Zones;

/// <summary>A firmware's memory map as Linux prints it while it boots: <c>BIOS-e820: [mem 0x…-0x…] usable</c>, the end included.</summary>
/// <remarks>Other lines are passed over, so that a whole boot log will do; what comes before the words, a time say, does not matter.</remarks>
internal static class FirmwareMapFile
{
    private const string Mark = "BIOS-e820:";
    private const string RangeStart = "[mem ";

    public static List<FirmwareEntry> Read(string path) => Parse(File.ReadLines(path), path);

    /// <exception cref="LabException">A line of the map cannot be read, or there is none.</exception>
    public static List<FirmwareEntry> Parse(IEnumerable<string> lines, string name)
    {
        List<FirmwareEntry> entries = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            int mark = line.IndexOf(Mark, StringComparison.Ordinal);
            if (mark < 0) continue;
            if (!TryParse(line[(mark + Mark.Length)..].Trim(), out FirmwareEntry entry))
                throw new LabException($"{name}:{number}: not a line of a memory map: {line.Trim()}");
            entries.Add(entry);
        }

        if (entries.Count == 0) throw new LabException($"{name} has no line 'BIOS-e820: [mem 0x…-0x…] usable'");
        return entries;
    }

    private static bool TryParse(string text, out FirmwareEntry entry)
    {
        entry = default;
        int end = text.IndexOf(']', StringComparison.Ordinal);
        if (!text.StartsWith(RangeStart, StringComparison.Ordinal) || end < 0) return false;
        string[] bounds = text[RangeStart.Length..end].Split('-');
        if (bounds.Length != 2 || !TryParseAddress(bounds[0], out ulong first) || !TryParseAddress(bounds[1], out ulong last)) return false;
        if (first > last || !TryParseKind(text[(end + 1)..].Trim(), out MemoryKind kind)) return false;

        // The whole of the 64-bit space has a size of 2^64: one byte less is the same to a machine of 52 bits.
        ulong sizeBytes = last - first == ulong.MaxValue ? ulong.MaxValue : last - first + 1;
        entry = new FirmwareEntry(PhysAddr.FromTrusted(first), sizeBytes, kind);
        return true;
    }

    private static bool TryParseAddress(string text, out ulong value)
    {
        value = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryParseKind(string words, out MemoryKind kind)
    {
        kind = words switch
        {
            "usable" or "System RAM" => MemoryKind.Usable,
            "ACPI data" => MemoryKind.AcpiReclaimable,
            "ACPI NVS" => MemoryKind.AcpiNvs,
            "unusable" => MemoryKind.Bad,
            "reserved" or "device reserved" => MemoryKind.Reserved,
            _ when words.StartsWith("type ", StringComparison.Ordinal) => MemoryKind.Reserved,
            _ when words.StartsWith("persistent", StringComparison.Ordinal) => MemoryKind.Reserved,
            _ when words.StartsWith("soft reserved", StringComparison.OrdinalIgnoreCase) => MemoryKind.Reserved,
            _ => MemoryKind.None,
        };
        return kind != MemoryKind.None;
    }
}
