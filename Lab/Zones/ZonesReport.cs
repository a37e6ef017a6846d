using System.IO;
using System.Text;
using System.Text.Json;
using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Memory.Numa;
using MemOS.Primitives;

namespace MemOS.Lab.Zones;

/// <summary>What <c>lab zones</c> prints.</summary>
internal static class ZonesReport
{
    public static string Json(ZonesLab lab, ZoneLayout layout)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("nodes");
            for (int node = 0; node < lab.Topology.NodeCount; node++) WriteNode(json, lab, layout, NodeId.FromTrusted(node));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public static string Text(ZonesLab lab, ZoneLayout layout)
    {
        Topology topology = lab.Topology;
        StringBuilder text = new();
        for (int number = 0; number < topology.NodeCount; number++)
        {
            NodeId node = NodeId.FromTrusted(number);
            text.Append($"{node}, {topology.ProcessorsOf(node)} processors, {topology.PresentFrames(node)} pages, distances");
            for (int other = 0; other < topology.NodeCount; other++) text.Append($" {topology.Distance(node, NodeId.FromTrusted(other))}");
            text.AppendLine();
            if (topology.PresentFrames(node) == 0) continue;
            text.AppendLine("  zone      first frame      last frame   present pages         size");
            foreach (NodeZone zone in lab.ZonesOf(node, layout))
            {
                ulong kib = FrameNumber.BytesOf(zone.PresentFrames) >> 10;
                text.AppendLine($"  {zone.Kind.Description(),-6} {zone.Span.Start.Value,14} {zone.Span.End.Value - 1,15} {zone.PresentFrames,15} {kib,8} KiB");
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Why the machine counts as one node, when it was told otherwise; null when all is as the tables say.</summary>
    public static string? Note(ZonesLab lab)
    {
        Topology topology = lab.Topology;
        if (topology.Fault is TopologyFault.None or TopologyFault.SratMissing) return null;
        string detail = topology.TableFault switch
        {
            AcpiFault.None => "",
            AcpiFault.Unreachable => ": the file is shorter than the table",
            _ => ": " + topology.TableFault.Description(),
        };
        return $"note: {topology.Fault.Description()}{detail}; the memory counts as one node";
    }

    private static void WriteNode(Utf8JsonWriter json, ZonesLab lab, ZoneLayout layout, NodeId node)
    {
        json.WriteStartObject();
        json.WriteNumber("node", node.Value);
        json.WriteStartArray("zones");
        foreach (NodeZone zone in lab.ZonesOf(node, layout))
        {
            json.WriteStartObject();
            json.WriteString("zone", zone.Kind.Description());
            json.WriteNumber("firstFrame", zone.Span.Start.Value);
            json.WriteNumber("lastFrame", zone.Span.End.Value - 1);
            json.WriteNumber("presentPages", zone.PresentFrames);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
