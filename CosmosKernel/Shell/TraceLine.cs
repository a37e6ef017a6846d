using MemOS.Devices;

namespace MemOS.Shell;

/// <summary>The second serial line, which traces are sent over.</summary>
internal static class TraceLine
{
    private static SerialTransmitter s_line;

    /// <summary>The bytes that it did not take since it was opened.</summary>
    internal static ulong LostBytes => s_line.LostBytes;

    /// <summary>Sets it up; why not, when it cannot be.</summary>
    internal static CommandResult Open()
    {
        // Without a first line the console has the second.
        if (!SerialTransmitter.IsThere(SerialTransmitter.Com1) || !SerialTransmitter.IsThere(SerialTransmitter.Com2))
            return CommandResult.Failed("the machine has no second serial line");
        s_line = SerialTransmitter.Open(SerialTransmitter.Com2);
        return CommandResult.Ok;
    }

    internal static void Write(byte character) => s_line.Write(character);

    internal static void Flush() => s_line.Flush();
}
