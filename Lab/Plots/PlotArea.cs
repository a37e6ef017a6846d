namespace MemOS.Lab.Plots;

/// <summary>A rectangle of a drawing, in pixels.</summary>
internal readonly record struct PlotArea(double Left, double Top, double Width, double Height)
{
    public double Right => Left + Width;

    public double Bottom => Top + Height;
}
