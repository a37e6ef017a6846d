using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace MemOS.Lab.Heaps;

/// <summary>What <c>lab replay</c> prints.</summary>
internal static class HeapReport
{
    private const int TimeRows = 10;

    public static string Text(HeapReplayResult result)
    {
        StringBuilder text = new();
        WriteTotals(text, result);
        WriteSizes(text, result);
        WriteTime(text, result);
        return text.ToString().TrimEnd();
    }

    public static string Json(HeapReplayResult result)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            WriteTotals(json, result);
            WriteSample(json, result.End);
            json.WriteStartArray("sizes");
            foreach (SizeCount size in result.Sizes) WriteSize(json, size);
            json.WriteEndArray();
            json.WriteStartArray("samples");
            foreach (HeapSample sample in result.Samples)
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
    public static string? Note(HeapTraceReader trace) => trace.UnknownBlocks == 0 ? null :
        $"note: {trace.UnknownBlocks} blocks that the recording did not see allocated are passed over, the first at line {trace.FirstUnknownBlock}";

    private static void WriteTotals(StringBuilder text, HeapReplayResult result)
    {
        HeapCounts counts = result.Counts;
        double worst = result.Samples.Max(sample => sample.InternalFragmentation);
        AppendLine(text, $"allocator               {result.Allocator}, at most {Bytes(result.MemoryBytes)}");
        AppendLine(text, $"operations              {counts.Operations}: {counts.Allocations} allocations, {counts.Reallocations} reallocations, {counts.Frees} frees");
        AppendLine(text, $"moved by reallocation   {counts.Moves}");
        AppendLine(text, $"failed                  {counts.Failures}");
        AppendLine(text, $"peak asked for          {Bytes(counts.PeakRequestedBytes)}");
        AppendLine(text, $"peak of the heap        {Bytes(result.PeakFootprintBytes)}, of it asked for {result.Utilisation:P1}");
        AppendLine(text, $"in use at the end       {counts.LiveBlocks} blocks, {Bytes(counts.RequestedBytes)} of the heap's {Bytes(result.End.FootprintBytes)}");
        AppendLine(text, $"internal fragmentation  {result.End.InternalFragmentation:P1} at the end, {worst:P1} at worst");
        AppendLine(text, $"external fragmentation  {result.End.ExternalFragmentation:P1} at the end");
        AppendLine(text, $"contents                {counts.VerifiedBlocks} times a block's compared, all as written");
        AppendLine(text, $"invariants              checked {result.Validations} times, all hold");
        if (result.Elapsed == null) AppendLine(text, $"time                    not taken: allocations failed");
        else AppendLine(text, $"time                    {result.NanosecondsPerOperation:F1} ns an operation, {result.OperationsPerSecond / 1e6:F1} million a second, this time on this machine");
    }

    private static void WriteSizes(StringBuilder text, HeapReplayResult result)
    {
        text.AppendLine().AppendLine("blocks by size, and the part of their bytes that nobody asked for");
        text.AppendLine("     size     blocks    share    waste   most in use");
        long blocks = result.Sizes.Sum(size => size.Blocks);
        foreach (SizeCount size in result.Sizes)
            AppendLine(text, $"  {size.BlockBytes,7} {size.Blocks,10} {(double)size.Blocks / blocks,8:P1} {size.Waste,8:P1} {size.MostLive,13}");
        AppendLine(text, $"      all {blocks,10} {1,8:P1} {result.Waste,8:P1}");
    }

    private static void WriteTime(StringBuilder text, HeapReplayResult result)
    {
        text.AppendLine().AppendLine("over time");
        text.AppendLine("     operation   asked for KiB   in blocks KiB   of the heap KiB   internal   external");
        int rows = int.Min(TimeRows, result.Samples.Count - 1);
        for (int row = 0; row <= rows; row++)
        {
            HeapSample sample = result.Samples[rows == 0 ? 0 : (result.Samples.Count - 1) * row / rows];
            AppendLine(
                text,
                $"  {sample.Operation,12} {sample.RequestedBytes >> 10,15} {sample.GrantedBytes >> 10,15} {sample.FootprintBytes >> 10,17} {sample.InternalFragmentation,10:P1} {sample.ExternalFragmentation,10:P1}");
        }
    }

    private static void WriteTotals(Utf8JsonWriter json, HeapReplayResult result)
    {
        json.WriteString("allocator", result.Allocator);
        json.WriteNumber("memoryBytes", result.MemoryBytes);
        json.WriteNumber("operations", result.Counts.Operations);
        json.WriteNumber("allocations", result.Counts.Allocations);
        json.WriteNumber("reallocations", result.Counts.Reallocations);
        json.WriteNumber("moves", result.Counts.Moves);
        json.WriteNumber("frees", result.Counts.Frees);
        json.WriteNumber("failures", result.Counts.Failures);
        json.WriteNumber("unknownBlocks", result.UnknownBlocks);
        json.WriteNumber("peakRequestedBytes", result.Counts.PeakRequestedBytes);
        json.WriteNumber("peakFootprintBytes", result.PeakFootprintBytes);
        json.WriteNumber("utilisation", result.Utilisation);
        json.WriteNumber("waste", result.Waste);
        json.WriteNumber("liveBlocks", result.Counts.LiveBlocks);
        json.WriteNumber("verifiedBlocks", result.Counts.VerifiedBlocks);
        json.WriteNumber("validations", result.Validations);
        json.WriteNumber("nanosecondsPerOperation", result.NanosecondsPerOperation);
        json.WriteNumber("operationsPerSecond", result.OperationsPerSecond);
    }

    private static void WriteSize(Utf8JsonWriter json, SizeCount size)
    {
        json.WriteStartObject();
        json.WriteNumber("blockBytes", size.BlockBytes);
        json.WriteNumber("blocks", size.Blocks);
        json.WriteNumber("requestedBytes", size.RequestedBytes);
        json.WriteNumber("grantedBytes", size.GrantedBytes);
        json.WriteNumber("mostLive", size.MostLive);
        json.WriteEndObject();
    }

    private static void WriteSample(Utf8JsonWriter json, HeapSample sample)
    {
        json.WriteNumber("requestedBytes", sample.RequestedBytes);
        json.WriteNumber("grantedBytes", sample.GrantedBytes);
        json.WriteNumber("footprintBytes", sample.FootprintBytes);
        json.WriteNumber("internalFragmentation", sample.InternalFragmentation);
        json.WriteNumber("externalFragmentation", sample.ExternalFragmentation);
    }

    private static void AppendLine(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    private static string Bytes(ulong bytes) => bytes < 10 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
