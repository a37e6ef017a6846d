namespace Cosmos.Core;

/// <summary>What the real-time clock's registers held at one moment.</summary>
public struct RtcRegisters
{
    /// <summary>Register 0.</summary>
    public byte Second;

    /// <summary>Register 2.</summary>
    public byte Minute;

    /// <summary>Register 4; with a 12-hour clock, bit 7 says afternoon.</summary>
    public byte Hour;

    /// <summary>Register 7.</summary>
    public byte Day;

    /// <summary>Register 8.</summary>
    public byte Month;

    /// <summary>Register 9: the year's last two digits.</summary>
    public byte Year;

    /// <summary>Register 0x32: the century, on machines that have it.</summary>
    public byte Century;

    /// <summary>Status register B: bit 2 binary instead of decimal digits, bit 1 a 24-hour clock.</summary>
    public byte StatusB;

    private const byte Binary = 1 << 2;
    private const byte TwentyFourHours = 1 << 1;
    private const byte Afternoon = 0x80;
    private const long TicksPerSecond = 10_000_000;

    /// <summary>Decodes to 100 ns ticks since the year 1, as DateTime counts. False when the registers hold no date.</summary>
    public readonly bool TryDecode(out long ticks)
    {
        ticks = 0;
        int hour = Number((byte)(Hour & ~Afternoon));
        if ((StatusB & TwentyFourHours) == 0)
        {
            if (hour is < 1 or > 12)
                return false;
            hour = hour % 12 + ((Hour & Afternoon) != 0 ? 12 : 0);
        }
        else if ((Hour & Afternoon) != 0)
        {
            return false;
        }

        int year = Number(Year);
        if (year > 99)
            return false;
        int century = Number(Century);
        year += 100 * (century is >= 19 and <= 29 ? century : 20);
        return TryCombine(year, Number(Month), Number(Day), hour, Number(Minute), Number(Second), out ticks);
    }

    private static bool TryCombine(int year, int month, int day, int hour, int minute, int second, out long ticks)
    {
        ticks = 0;
        if (month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;

        int before = year - 1;
        long days = before * 365L + before / 4 - before / 100 + before / 400 + day - 1;
        for (int earlier = 1; earlier < month; earlier++)
            days += DaysInMonth(year, earlier);
        ticks = (((days * 24 + hour) * 60 + minute) * 60 + second) * TicksPerSecond;
        return true;
    }

    private static int DaysInMonth(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>A register's number; one that no field can have when its digits are none.</summary>
    private readonly int Number(byte value)
    {
        const int NoNumber = 0xFF;
        if ((StatusB & Binary) != 0)
            return value;
        return (value & 0xF) > 9 || value > 0x99 ? NoNumber : (value >> 4) * 10 + (value & 0xF);
    }
}
