using MemOS.Boot;
using MemOS.Startup;

namespace MemOS.Shell;

/// <summary>What <c>plugs</c> prints: each replaced method and what replaced it.</summary>
public sealed unsafe class PlugReport : IReport
{
    /// <inheritdoc/>
    public void WriteTo(ITerminal terminal)
    {
        // SAFETY: the compiler wrote the list into the image's constants.
        byte* text = PlugList.Start();
        int length = (int)(PlugList.End() - text);
        int count = 0;
        for (int start = 0; start < length;)
        {
            int end = start;
            while (end < length && text[end] != (byte)'\n') end++;
            string[] columns = new TextSlice(text + start, end - start).ToString().Split('\t');
            if (columns.Length == 3)
            {
                terminal.WriteLine(columns[0]);
                terminal.WriteLine("    <- " + columns[1] + " (" + columns[2] + ")");
                count++;
            }

            start = end + 1;
        }

        terminal.WriteLine(count.ToString() + " plugs");
    }
}
