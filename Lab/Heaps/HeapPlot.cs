using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MemOS.Lab.Plots;

namespace MemOS.Lab.Heaps;

/// <summary>A replay as a picture: the heap's memory over time, and under it the blocks by size.</summary>
internal static class HeapPlot
{
    private const int Width = 920;
    private const int Height = 640;
    private const int LegendX = 736;

    // Okabe and Ito's, which people who see colours differently tell apart, and greys.
    private const string HeapColour = "#d0d7de";
    private const string GrantedColour = "#56b4e9";
    private const string RequestedColour = "#0072b2";
    private const string WasteColour = "#d55e00";

    /// <summary>Bars stand in cells of width 1; the two of a size share it.</summary>
    private const double BarWidth = 0.38;

    private static readonly PlotArea s_memory = new(84, 88, 632, 220);
    private static readonly PlotArea s_sizes = new(84, 384, 632, 180);

    public static string Create(HeapReplayResult result)
    {
        string title = $"{result.Trace} on {result.Allocator}";
        SvgCanvas canvas = new(Width, Height, title);
        canvas.Text(s_memory.Left, 36, title, size: 18, weight: "600");
        canvas.Text(s_memory.Left, 58, Subtitle(result));
        DrawMemory(canvas, result);
        DrawSizes(canvas, result);
        return canvas.ToString() + "\n";
    }

    private static string Subtitle(HeapReplayResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Counts.Operations:N0} operations; at the peak {result.Utilisation:P0} of the heap's memory was asked for; {result.Counts.Failures:N0} failed");

    private static void DrawMemory(SvgCanvas canvas, HeapReplayResult result)
    {
        double most = Math.Max(1, result.Samples.Max(sample => Math.Max(sample.FootprintBytes, sample.GrantedBytes)));
        (string unit, double scale) = most < 10 << 20 ? ("KiB", 1024.0) : ("MiB", 1048576.0);
        double highest = RoundUp(most / scale) * scale;
        PlotPanel panel = new(canvas, s_memory, result.End.Operation, highest);
        panel.DrawArea(Over(result, sample => sample.FootprintBytes), HeapColour);
        panel.DrawArea(Over(result, sample => sample.GrantedBytes), GrantedColour);
        panel.DrawArea(Over(result, sample => sample.RequestedBytes), RequestedColour);
        panel.DrawAxes("memory, " + unit, highest, 5, Count, value => Number(value / scale));
        canvas.Text(s_memory.Left + s_memory.Width / 2, s_memory.Bottom + 40, "operations of the trace", "middle");
        double y = s_memory.Top + 12;
        DrawKey(canvas, y, HeapColour, "the heap's");
        DrawKey(canvas, y + 24, GrantedColour, "of it in blocks");
        DrawKey(canvas, y + 48, RequestedColour, "of it asked for");
    }

    private static void DrawSizes(SvgCanvas canvas, HeapReplayResult result)
    {
        double blocks = Math.Max(1, result.Sizes.Sum(size => size.Blocks));
        double most = result.Sizes.Count == 0 ? 1 : result.Sizes.Max(size => Math.Max(size.Blocks / blocks, size.Waste));
        double highest = RoundUp(most * 100);
        PlotPanel panel = new(canvas, s_sizes, result.Sizes.Count, highest);
        panel.DrawUpwardAxis("per cent", highest, 5, Number);
        for (int i = 0; i < result.Sizes.Count; i++)
        {
            SizeCount size = result.Sizes[i];
            panel.DrawBar(i + 0.5 - BarWidth, BarWidth, 100 * size.Blocks / blocks, RequestedColour);
            panel.DrawBar(i + 0.5, BarWidth, 100 * size.Waste, WasteColour);
            panel.LabelBar(i + 0.5, Size(size.BlockBytes));
        }

        canvas.Text(s_sizes.Left + s_sizes.Width / 2, s_sizes.Bottom + 56, "size of the blocks", "middle");
        double y = s_sizes.Top + 12;
        DrawKey(canvas, y, RequestedColour, "of all blocks");
        DrawKey(canvas, y + 24, WasteColour, "not asked for");
    }

    private static void DrawKey(SvgCanvas canvas, double y, string colour, string words)
    {
        canvas.Rectangle(new PlotArea(LegendX, y - 11, 24, 13), colour);
        canvas.Text(LegendX + 32, y, words);
    }

    private static List<(double X, double Y)> Over(HeapReplayResult result, Func<HeapSample, double> value) =>
        [.. result.Samples.Select(sample => ((double)sample.Operation, value(sample)))];

    /// <summary>The next number that five steps divide evenly to the eye: 1, 2, 2.5 or 5 times a power of ten.</summary>
    private static double RoundUp(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * new[] { 1.0, 2, 2.5, 5, 10 }.First(factor => power * factor >= value);
    }

    private static string Size(ulong bytes) => bytes < 1 << 10 ? $"{bytes}" : bytes < 1 << 20 ? Number(bytes / 1024.0) + "K" : Number(bytes / 1048576.0) + "M";

    private static string Count(double value) => value switch
    {
        >= 1e6 => Number(value / 1e6) + " M",
        >= 1e3 => Number(value / 1e3) + " k",
        _ => Number(value),
    };

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
