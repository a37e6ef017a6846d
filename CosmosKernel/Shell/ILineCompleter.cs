using System.Collections.Generic;

namespace MemOS.Shell;

/// <summary>Knows how words can go on.</summary>
public interface ILineCompleter
{
    /// <summary>The words that can stand where the last word of <paramref name="textBeforeCursor"/> begins, each starting with it.</summary>
    List<string> Complete(string textBeforeCursor);
}
