using System;
using System.IO;
using MemOS.Shell;

namespace MemOS.Lab;

/// <summary>What the kernel's reports write to, when the lab prints them.</summary>
internal sealed class OutputTerminal(TextWriter output) : ITerminal
{
    public void Write(string text) => output.Write(text);

    public ConsoleKeyInfo ReadKey() => throw new NotSupportedException("reports ask nothing");

    public void Clear() => throw new NotSupportedException("reports have no screen");
}
