using System;
using MemOS.Hardware;
using MemOS.Shell;

namespace NarrowKernel;

/// <summary>Text on the first serial port, whose other end takes bytes as fast as they come.</summary>
internal sealed class SerialTerminal : ITerminal
{
    private const ushort Data = 0x3F8;

    public ConsoleKeyInfo ReadKey() => default;

    public void Write(string text)
    {
        for (int i = 0; i < text.Length; i++) Cpu.Out8(Data, (byte)text[i]);
    }

    public void Clear()
    {
    }
}
