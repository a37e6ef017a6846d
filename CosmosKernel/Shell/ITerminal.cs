using System;

namespace MemOS.Shell;

/// <summary>Where a shell reads keys and writes text: the kernel's console, or a test.</summary>
/// <remarks>
/// Text is printable characters, line feed, and backspace, which moves left without erasing. That is all the line editor needs,
/// and every terminal and screen understands it.
/// </remarks>
public interface ITerminal
{
    /// <summary>Waits for a key and does not show it.</summary>
    ConsoleKeyInfo ReadKey();

    /// <summary>Writes text.</summary>
    void Write(string text);

    /// <summary>Empties the screen and puts the cursor at its top left.</summary>
    void Clear();
}
