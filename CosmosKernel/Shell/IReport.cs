namespace MemOS.Shell;

/// <summary>Something that a part of the kernel can say about itself: what a command of the shell prints.</summary>
public interface IReport
{
    /// <summary>Writes the report, whole lines.</summary>
    void WriteTo(ITerminal terminal);
}
