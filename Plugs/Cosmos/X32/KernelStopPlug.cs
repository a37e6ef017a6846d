using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>The end of a Cosmos kernel: a report on the text screen and the first serial line, then nothing more.</summary>
/// <remarks>Nothing here needs an object, the class library or the kit's console; the screen is where the machine has it, paging or not.</remarks>
[Plug(Target = typeof(KernelStop))]
public static unsafe class KernelStopPlug
{
    private const ushort Attribute = 0x4F00; // white on red
    private const int Columns = 80;
    private const int Rows = 25;
    private const int LineStatus = 0x3FD;
    private const int LineData = 0x3F8;
    private const byte CanSend = 0x20;
    private const int PollLimit = 100_000;

    private static int s_cell;

    /// <summary>Says why and stops.</summary>
    public static void Panic(string reason)
    {
        Begin(reason);
        End();
    }

    /// <summary>Says why, with a number in it, and stops.</summary>
    public static void Panic(string before, ulong number, string after)
    {
        Begin(before);
        WriteDecimal(number);
        Write(after);
        End();
    }

    /// <summary>Says why, with the registers of what was interrupted, and stops.</summary>
    public static void Report(string reason, ref INTs.IRQContext context)
    {
        Begin(reason);
        WriteRegister("\n eip ", context.EIP);
        WriteRegister(" esp ", context.ESP);
        WriteRegister(" ebp ", context.EBP);
        WriteRegister(" cr2 ", Cpu.ReadCr2());
        WriteRegister(" cr3 ", Cpu.ReadCr3());
        WriteRegister("\n eax ", context.EAX);
        WriteRegister(" ebx ", context.EBX);
        WriteRegister(" ecx ", context.ECX);
        WriteRegister(" edx ", context.EDX);
        WriteRegister(" esi ", context.ESI);
        WriteRegister(" edi ", context.EDI);
        End();
    }

    /// <summary>The screen's memory stays where it is.</summary>
    public static void LeaveScreen()
    {
    }

    /// <summary>There are no others.</summary>
    public static void CallFirst(delegate*<void> stopOthers) => _ = stopOthers;

    /// <summary>Writes a character of a report.</summary>
    public static void Write(byte character)
    {
        Send(character);
        if (character == '\n') s_cell += Columns - (s_cell % Columns);
        else ((ushort*)0xB8000)[s_cell++] = (ushort)(Attribute | character); // SAFETY: the text screen of every PC.
        if (s_cell >= Columns * Rows) s_cell = 0;
    }

    /// <summary>The kit makes no managed exceptions of faults.</summary>
    public static bool TryRaiseException(ref INTs.IRQContext context) => false;

    private static void Begin(string reason)
    {
        Cpu.DisableInterrupts();
        Write("\nMemOS: ");
        Write(reason);
    }

    private static void End()
    {
        Write("\n");
        for (; ; ) Cpu.Halt();
    }

    private static void Write(string text)
    {
        for (int i = 0; i < text.Length; i++) Write((byte)text[i]);
    }

    private static void WriteRegister(string name, uint value)
    {
        const int Digits = 8;
        Write(name);
        for (int shift = (Digits - 1) * 4; shift >= 0; shift -= 4) WriteDigit(value >> shift & 0xF);
    }

    private static void WriteDecimal(ulong number)
    {
        ulong unit = 1;
        while (number / unit >= 10) unit *= 10;
        for (; unit != 0; unit /= 10) WriteDigit((uint)(number / unit % 10));
    }

    private static void WriteDigit(uint digit) => Write((byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));

    private static void Send(byte character)
    {
        for (int i = 0; i < PollLimit; i++)
        {
            if ((Cpu.In8(LineStatus) & CanSend) == 0) continue;
            Cpu.Out8(LineData, character);
            return;
        }
    }
}
