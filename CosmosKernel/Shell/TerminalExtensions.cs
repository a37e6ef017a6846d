namespace MemOS.Shell;

/// <summary>What every terminal can do by writing text.</summary>
public static class TerminalExtensions
{
    /// <summary>Writes text and ends the line.</summary>
    public static void WriteLine(this ITerminal terminal, string text)
    {
        terminal.Write(text);
        terminal.Write("\n");
    }
}
