using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Spectre.Console;

namespace MemOS.Lab;

/// <summary>Shows how far work on a file is: a bar on a terminal, elsewhere a line now and then.</summary>
internal static class ReplayProgress
{
    private static readonly TimeSpan s_lineDistance = TimeSpan.FromSeconds(5);

    /// <summary>Does <paramref name="work"/>, which tells the bytes that are done.</summary>
    /// <param name="notes">Where to show it; the terminal's bar only when this is standard error.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="totalBytes">The bytes that there are; 0 when nobody knows.</param>
    /// <param name="work">The work.</param>
    public static void Show(TextWriter notes, string title, long totalBytes, Action<IProgress<long>> work)
    {
        if (ReferenceEquals(notes, Console.Error) && !Console.IsErrorRedirected && totalBytes != 0) ShowBar(title, totalBytes, work);
        else work(new Lines(notes, title, totalBytes, s_lineDistance));
    }

    private static void ShowBar(string title, long totalBytes, Action<IProgress<long>> work)
    {
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        terminal.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(bars => work(new Bar(bars.AddTask(Markup.Escape(title), maxValue: totalBytes))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<long>
    {
        public void Report(long value) => task.Value = value;
    }

    /// <summary>Writes a line each time that <paramref name="distance"/> has passed; nothing about work that is done by then.</summary>
    internal sealed class Lines(TextWriter notes, string title, long totalBytes, TimeSpan distance) : IProgress<long>
    {
        private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

        public void Report(long value)
        {
            if (_sinceLine.Elapsed < distance) return;
            string done = totalBytes != 0 ? $"{(double)value / totalBytes:P0}" : $"{value >> 20} MiB";
            notes.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {done}"));
            _sinceLine.Restart();
        }
    }
}
