using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MemOS.Lab.Plots;

namespace MemOS.Lab.Frames;

/// <summary>A replay as a picture: fragmentation for some orders over time, and under it the memory in use.</summary>
internal static class FragmentationPlot
{
    private const int Width = 920;
    private const int Height = 620;
    private const int LegendX = 736;

    /// <summary>From here on memory is shown in GiB.</summary>
    private const double MostMiB = 8192;

    private const string UsedColour = "#9aa7b5";
    private const string RequestedColour = "#57606a";

    // Okabe and Ito's, which people who see colours differently tell apart.
    private static readonly string[] s_colours = ["#56b4e9", "#e69f00", "#009e73", "#d55e00"];
    private static readonly PlotArea s_fragmentation = new(84, 88, 632, 260);
    private static readonly PlotArea s_memory = new(84, 404, 632, 140);

    public static string Create(ReplayResult result)
    {
        string title = $"{result.Trace} on {result.Allocator}";
        SvgCanvas canvas = new(Width, Height, title);
        canvas.Text(s_fragmentation.Left, 36, title, size: 18, weight: "600");
        canvas.Text(s_fragmentation.Left, 58, Subtitle(result));
        DrawFragmentation(canvas, result);
        DrawMemory(canvas, result);
        canvas.Text(s_memory.Left + s_memory.Width / 2, s_memory.Bottom + 44, "operations of the trace", "middle");
        return canvas.ToString() + "\n";
    }

    private static string Subtitle(ReplayResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Counts.Operations:N0} operations in {ReplayResult.MiB(result.MemoryFrames):N0} MiB; {result.Counts.Failures:N0} allocations failed");

    private static void DrawFragmentation(SvgCanvas canvas, ReplayResult result)
    {
        PlotPanel panel = new(canvas, s_fragmentation, result.End.Operation, 100);
        panel.DrawAxes("external fragmentation", 100, 5, Count, value => Number(value) + " %");
        double y = s_fragmentation.Top + 12;
        canvas.Text(LegendX, y, "free, but of no use", weight: "600");
        canvas.Text(LegendX, y += 16, "to blocks of", weight: "600");
        foreach ((int order, string colour) in result.ShownOrders.Zip(s_colours))
        {
            panel.DrawCurve(result.Samples.Select(sample => ((double)sample.Operation, 100 * sample.ExternalFragmentation(order))), colour);
            canvas.Line(LegendX, (y += 24) - 4, LegendX + 24, y - 4, colour, 3);
            canvas.Text(LegendX + 32, y, $"{ReplayResult.SizeOf(order)}, order {order}");
        }
    }

    private static void DrawMemory(SvgCanvas canvas, ReplayResult result)
    {
        double memory = ReplayResult.MiB(result.MemoryFrames);
        (string unit, double scale) = memory < MostMiB ? ("MiB", 1) : ("GiB", 1 << 10);
        PlotPanel panel = new(canvas, s_memory, result.End.Operation, memory);
        double y = s_memory.Top + 12;
        panel.DrawArea(Over(result, sample => ReplayResult.MiB(sample.UsedFrames)), UsedColour);
        DrawKey(canvas, y, UsedColour, "in use");
        if (result.Samples.Any(sample => sample.RequestedFrames != sample.UsedFrames))
        {
            panel.DrawArea(Over(result, sample => ReplayResult.MiB(sample.RequestedFrames)), RequestedColour);
            DrawKey(canvas, y += 24, RequestedColour, "of it requested");
        }

        panel.DrawAxes("memory, " + unit, memory, 4, Count, value => Number(value / scale));
    }

    private static void DrawKey(SvgCanvas canvas, double y, string colour, string words)
    {
        canvas.Rectangle(new PlotArea(LegendX, y - 11, 24, 13), colour);
        canvas.Text(LegendX + 32, y, words);
    }

    private static List<(double X, double Y)> Over(ReplayResult result, Func<ReplaySample, double> value) =>
        [.. result.Samples.Select(sample => ((double)sample.Operation, value(sample)))];

    private static string Count(double value) => value switch
    {
        >= 1e6 => Number(value / 1e6) + " M",
        >= 1e3 => Number(value / 1e3) + " k",
        _ => Number(value),
    };

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
