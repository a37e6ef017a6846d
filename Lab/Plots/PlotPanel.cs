using System;
using System.Collections.Generic;
using System.Linq;

namespace MemOS.Lab.Plots;

/// <summary>A coordinate system in a drawing, both axes from 0 on, with its numbers.</summary>
internal sealed class PlotPanel
{
    private const string GridColour = "#d0d7de";
    private const string AxisColour = "#57606a";
    private const int MostNumbers = 6;

    private readonly SvgCanvas _canvas;
    private readonly PlotArea _area;
    private readonly double _mostX;
    private readonly double _mostY;

    /// <param name="canvas">The drawing.</param>
    /// <param name="area">Where in it, the numbers at its outside.</param>
    /// <param name="mostX">The value at the right edge.</param>
    /// <param name="mostY">The value at the upper edge.</param>
    public PlotPanel(SvgCanvas canvas, PlotArea area, double mostX, double mostY)
    {
        _canvas = canvas;
        _area = area;
        _mostX = Math.Max(mostX, 1);
        _mostY = mostY;
    }

    /// <summary>Draws the axes, with a line across for each of <paramref name="steps"/> steps up to <paramref name="highest"/>.</summary>
    /// <param name="title">What the upward axis shows, and its unit.</param>
    /// <param name="highest">The highest number at the upward axis.</param>
    /// <param name="steps">How many numbers there are above 0.</param>
    /// <param name="labelX">Writes a number at the other axis.</param>
    /// <param name="labelY">Writes a number at the upward axis.</param>
    public void DrawAxes(string title, double highest, int steps, Func<double, string> labelX, Func<double, string> labelY)
    {
        DrawUpwardAxis(title, highest, steps, labelY);
        foreach (double x in RoundNumbers(_mostX))
        {
            _canvas.Line(X(x), _area.Bottom, X(x), _area.Bottom + 4, AxisColour);
            _canvas.Text(X(x), _area.Bottom + 18, labelX(x), "middle");
        }
    }

    /// <summary>Draws the lines across and the lower edge, for a panel whose other axis has no numbers.</summary>
    public void DrawUpwardAxis(string title, double highest, int steps, Func<double, string> labelY)
    {
        for (int i = 0; i <= steps; i++)
        {
            double y = highest * i / steps;
            _canvas.Line(_area.Left, Y(y), _area.Right, Y(y), GridColour);
            _canvas.Text(_area.Left - 8, Y(y) + 4, labelY(y), "end");
        }

        _canvas.Line(_area.Left, _area.Bottom, _area.Right, _area.Bottom, AxisColour);
        _canvas.UpwardText(_area.Left - 52, _area.Top + _area.Height / 2, title);
    }

    /// <summary>Fills a bar from the lower edge up to <paramref name="value"/>, from <paramref name="x"/> on.</summary>
    public void DrawBar(double x, double width, double value, string colour) =>
        _canvas.Rectangle(new PlotArea(X(x), Y(value), X(x + width) - X(x), _area.Bottom - Y(value)), colour);

    /// <summary>Writes words under the lower edge, upwards, their end at the edge.</summary>
    public void LabelBar(double x, string words) => _canvas.UpwardText(X(x) + 4, _area.Bottom + 6, words, "end");

    public void DrawCurve(IEnumerable<(double X, double Y)> values, string colour) => _canvas.Curve(values.Select(Place), colour);

    /// <summary>Fills what is below the values.</summary>
    public void DrawArea(IReadOnlyList<(double X, double Y)> values, string colour) =>
        _canvas.Area([(X(values[0].X), _area.Bottom), .. values.Select(Place), (X(values[^1].X), _area.Bottom)], colour);

    /// <summary>The multiples of 1, 2 or 5 times a power of ten up to <paramref name="most"/>, few enough to read.</summary>
    private static IEnumerable<double> RoundNumbers(double most)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(most / MostNumbers)));
        double step = power * new[] { 1.0, 2, 5, 10 }.First(factor => most / (power * factor) <= MostNumbers);
        for (int i = 0; i * step <= most * 1.0001; i++) yield return i * step;
    }

    private (double X, double Y) Place((double X, double Y) value) => (X(value.X), Y(value.Y));

    private double X(double value) => _area.Left + value / _mostX * _area.Width;

    private double Y(double value) => _area.Bottom - value / _mostY * _area.Height;
}
