using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace MemOS.Lab.Plots;

/// <summary>A drawing in SVG: lines, areas and words, in pixels from the upper left corner.</summary>
internal sealed class SvgCanvas
{
    private const string Font = "system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, sans-serif";
    private const string Ink = "#24292f";
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root;

    /// <param name="width">The width.</param>
    /// <param name="height">The height.</param>
    /// <param name="title">What is drawn, for those who cannot see it.</param>
    public SvgCanvas(int width, int height, string title)
    {
        _root = new XElement(
            s_svg + "svg",
            new XAttribute("viewBox", $"0 0 {width} {height}"),
            new XAttribute("width", width),
            new XAttribute("height", height),
            new XAttribute("role", "img"),
            new XAttribute("font-family", Font),
            new XAttribute("font-size", 12),
            new XAttribute("fill", Ink),
            new XElement(s_svg + "title", title));
        Rectangle(new PlotArea(0, 0, width, height), "#ffffff");
    }

    public void Rectangle(PlotArea area, string fill) => Add(
        "rect", ("x", Pixels(area.Left)), ("y", Pixels(area.Top)), ("width", Pixels(area.Width)), ("height", Pixels(area.Height)), ("fill", fill));

    /// <summary>Words; <paramref name="anchor"/> is start, middle or end.</summary>
    public void Text(double x, double y, string words, string anchor = "start", int size = 12, string weight = "normal") => Add(
        "text", ("x", Pixels(x)), ("y", Pixels(y)), ("text-anchor", anchor), ("font-size", size.ToString(CultureInfo.InvariantCulture)),
        ("font-weight", weight)).Add(words);

    /// <summary>Words from below upwards; <paramref name="anchor"/> as in <see cref="Text"/>.</summary>
    public void UpwardText(double x, double y, string words, string anchor = "middle") => Add(
        "text", ("x", Pixels(x)), ("y", Pixels(y)), ("text-anchor", anchor), ("transform", $"rotate(-90 {Pixels(x)} {Pixels(y)})")).Add(words);

    public void Line(double x1, double y1, double x2, double y2, string colour, double width = 1) => Add(
        "line", ("x1", Pixels(x1)), ("y1", Pixels(y1)), ("x2", Pixels(x2)), ("y2", Pixels(y2)), ("stroke", colour), ("stroke-width", Pixels(width)));

    public void Curve(IEnumerable<(double X, double Y)> points, string colour) => Add(
        "polyline", ("points", Points(points)), ("fill", "none"), ("stroke", colour), ("stroke-width", "1.8"), ("stroke-linejoin", "round"));

    public void Area(IEnumerable<(double X, double Y)> points, string colour) => Add("polygon", ("points", Points(points)), ("fill", colour));

    public override string ToString() => _root.ToString();

    private XElement Add(string name, params (string Name, string Value)[] attributes)
    {
        XElement element = new(s_svg + name, attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value)));
        _root.Add(element);
        return element;
    }

    private static string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(point => $"{Pixels(point.X)},{Pixels(point.Y)}"));

    private static string Pixels(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);
}
