using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace MemOS.Lab.Frames;

/// <summary>What <c>lab frames</c> prints.</summary>
internal static class FramesReport
{
    private const int TimeRows = 10;

    public static string Text(ReplayResult result)
    {
        StringBuilder text = new();
        WriteTotals(text, result);
        WriteOrders(text, result);
        WriteTime(text, result);
        return text.ToString().TrimEnd();
    }

    public static string Json(ReplayResult result)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("allocator", result.Allocator);
            json.WriteNumber("memoryFrames", result.MemoryFrames);
            json.WriteNumber("operations", result.Counts.Operations);
            json.WriteNumber("allocations", result.Counts.Allocations);
            json.WriteNumber("frees", result.Counts.Frees);
            json.WriteNumber("unknownFrees", result.UnknownFrees);
            json.WriteNumber("failures", result.Counts.Failures);
            json.WriteNumber("failuresByFragmentation", result.Counts.FailuresByFragmentation);
            json.WriteNumber("peakFrames", result.Counts.PeakFrames);
            json.WriteNumber("validations", result.Validations);
            json.WriteNumber("nanosecondsPerOperation", result.Counts.NanosecondsPerOperation);
            WriteSample(json, result.End);
            json.WriteStartArray("samples");
            foreach (ReplaySample sample in result.Samples)
            {
                json.WriteStartObject();
                json.WriteNumber("operation", sample.Operation);
                WriteSample(json, sample);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>What was passed over; null when nothing was.</summary>
    public static string? Note(TraceReader trace) => trace.UnknownFrees == 0 ? null :
        $"note: {trace.UnknownFrees} frees of blocks that the trace does not allocate are passed over, the first at line {trace.FirstUnknownFree}";

    private static void WriteTotals(StringBuilder text, ReplayResult result)
    {
        ReplayCounts counts = result.Counts;
        double worst = result.Samples.Max(sample => sample.InternalFragmentation);
        AppendLine(text, $"allocator               {result.Allocator}");
        AppendLine(text, $"memory                  {Frames(result.MemoryFrames)}");
        AppendLine(text, $"operations              {counts.Operations}: {counts.Allocations} allocations, {counts.Frees} frees");
        AppendLine(text, $"failed allocations      {counts.Failures}, of them {counts.FailuresByFragmentation} with as many frames free");
        AppendLine(text, $"peak                    {Frames(counts.PeakFrames)}");
        AppendLine(text, $"in use at the end       {Frames(result.End.UsedFrames)}");
        AppendLine(text, $"internal fragmentation  {result.End.InternalFragmentation:P1} at the end, {worst:P1} at worst");
        AppendLine(text, $"invariants              checked {result.Validations} times, all hold");
        AppendLine(text, $"time                    {counts.NanosecondsPerOperation:F1} ns an operation, this time on this machine");
    }

    private static void WriteOrders(StringBuilder text, ReplayResult result)
    {
        text.AppendLine().AppendLine("external fragmentation: the part of free memory that is of no use to a block of the order");
        text.AppendLine("  order      size   free blocks   at the end      mean     worst");
        for (int order = 0; order < result.OrderCount; order++)
        {
            double mean = result.Samples.Average(sample => sample.ExternalFragmentation(order));
            double worst = result.Samples.Max(sample => sample.ExternalFragmentation(order));
            AppendLine(
                text,
                $"  {order,5} {ReplayResult.SizeOf(order),9} {result.End.FreeBlocks[order],13} {result.End.ExternalFragmentation(order),12:P1} {mean,9:P1} {worst,9:P1}");
        }
    }

    private static void WriteTime(StringBuilder text, ReplayResult result)
    {
        text.AppendLine().AppendLine("over time");
        text.Append("     operation   in use");
        foreach (int order in result.ShownOrders) text.Append($"{ReplayResult.SizeOf(order),10}");
        text.AppendLine();
        int rows = int.Min(TimeRows, result.Samples.Count - 1);
        for (int row = 0; row <= rows; row++)
        {
            ReplaySample sample = result.Samples[rows == 0 ? 0 : (result.Samples.Count - 1) * row / rows];
            text.Append(CultureInfo.InvariantCulture, $"  {sample.Operation,12} {(double)sample.UsedFrames / result.MemoryFrames,8:P1}");
            foreach (int order in result.ShownOrders) text.Append(CultureInfo.InvariantCulture, $"{sample.ExternalFragmentation(order),10:P1}");
            text.AppendLine();
        }
    }

    private static void WriteSample(Utf8JsonWriter json, ReplaySample sample)
    {
        json.WriteNumber("usedFrames", sample.UsedFrames);
        json.WriteNumber("requestedFrames", sample.RequestedFrames);
        json.WriteNumber("freeFrames", sample.FreeFrames);
        json.WriteNumber("internalFragmentation", sample.InternalFragmentation);
        json.WriteStartArray("externalFragmentation");
        for (int order = 0; order < sample.FreeBlocks.Length; order++) json.WriteNumberValue(sample.ExternalFragmentation(order));
        json.WriteEndArray();
    }

    private static void AppendLine(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    private static string Frames(ulong frames) => $"{frames} frames, {ReplayResult.MiB(frames):0.##} MiB";
}
