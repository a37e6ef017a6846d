using System;
using Cosmos.Core;
using NUnit.Framework;

namespace MemOS.Kit.Tests.Core;

[TestFixture]
public sealed class ClockTests
{
    private const byte Binary = 4;
    private const byte TwentyFourHours = 2;

    [TestCase(TwentyFourHours, 0x23, 0x59, 0x58, 0x31, 0x12, 0x25, 0x20, "2025-12-31T23:59:58")]
    [TestCase(TwentyFourHours, 0x00, 0x00, 0x00, 0x29, 0x02, 0x24, 0x20, "2024-02-29T00:00:00")]
    [TestCase(TwentyFourHours, 0x12, 0x34, 0x56, 0x01, 0x03, 0x00, 0x20, "2000-03-01T12:34:56")]
    [TestCase(TwentyFourHours, 0x08, 0x09, 0x10, 0x15, 0x07, 0x99, 0x19, "1999-07-15T08:09:10")]
    [TestCase(TwentyFourHours | Binary, 23, 59, 58, 31, 12, 25, 20, "2025-12-31T23:59:58")]
    [TestCase(0, 0x12, 0x00, 0x00, 0x01, 0x01, 0x26, 0x20, "2026-01-01T00:00:00", Description = "12 in the morning is midnight")]
    [TestCase(0, 0x92, 0x30, 0x00, 0x01, 0x01, 0x26, 0x20, "2026-01-01T12:30:00", Description = "12 in the afternoon is noon")]
    [TestCase(0, 0x91, 0x00, 0x00, 0x01, 0x01, 0x26, 0x20, "2026-01-01T23:00:00")]
    [TestCase(Binary, 0x8B, 0, 0, 1, 1, 26, 20, "2026-01-01T23:00:00")]
    [TestCase(TwentyFourHours, 0x10, 0x00, 0x00, 0x01, 0x01, 0x26, 0x00, "2026-01-01T10:00:00", Description = "no century register")]
    [TestCase(TwentyFourHours, 0x10, 0x00, 0x00, 0x01, 0x01, 0x26, 0xFF, "2026-01-01T10:00:00")]
    public void A_date_is_decoded(int status, int hour, int minute, int second, int day, int month, int year, int century, string expected)
    {
        RtcRegisters registers = Registers(status, hour, minute, second, day, month, year, century);
        Assert.That(registers.TryDecode(out long ticks));
        Assert.That(new DateTime(ticks, DateTimeKind.Utc).ToString("s"), Is.EqualTo(expected));
    }

    [TestCase(0x24, 0x00, 0x00, 0x01, 0x01, 0x26)]
    [TestCase(0x00, 0x60, 0x00, 0x01, 0x01, 0x26)]
    [TestCase(0x00, 0x00, 0x60, 0x01, 0x01, 0x26)]
    [TestCase(0x00, 0x00, 0x00, 0x00, 0x01, 0x26)]
    [TestCase(0x00, 0x00, 0x00, 0x29, 0x02, 0x26)]
    [TestCase(0x00, 0x00, 0x00, 0x31, 0x04, 0x26)]
    [TestCase(0x00, 0x00, 0x00, 0x01, 0x00, 0x26)]
    [TestCase(0x00, 0x00, 0x00, 0x01, 0x13, 0x26)]
    [TestCase(0x0A, 0x00, 0x00, 0x01, 0x01, 0x26)]
    [TestCase(0x00, 0x00, 0x00, 0x01, 0x01, 0xA0)]
    [TestCase(0x92, 0x00, 0x00, 0x01, 0x01, 0x26)]
    [TestCase(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)]
    public void What_is_no_date_is_refused(int hour, int minute, int second, int day, int month, int year)
    {
        Assert.That(Registers(TwentyFourHours, hour, minute, second, day, month, year, 0x20).TryDecode(out _), Is.False);
    }

    [TestCase(0x00)]
    [TestCase(0x13)]
    [TestCase(0x80)]
    public void A_twelve_hour_clock_has_hours_1_to_12(int hour)
    {
        Assert.That(Registers(0, hour, 0, 0, 1, 1, 0x26, 0x20).TryDecode(out _), Is.False);
    }

    [Test]
    public void Every_day_of_two_centuries_is_decoded()
    {
        for (DateTime day = new(1970, 1, 1); day.Year < 2170; day = day.AddDays(1))
        {
            RtcRegisters registers = Registers(
                TwentyFourHours | Binary, 6, 7, 8, day.Day, day.Month, day.Year % 100, day.Year / 100);
            Assert.That(registers.TryDecode(out long ticks));
            Assert.That(ticks, Is.EqualTo(day.AddHours(6).AddMinutes(7).AddSeconds(8).Ticks));
        }
    }

    [Test]
    public void Steps_are_converted_without_overflow([Values(1ul, 999_999_937ul, 2_400_000_000ul, 18_000_000_000ul)] ulong frequency)
    {
        foreach (ulong ticks in new[] { 0ul, 1ul, frequency - 1, frequency, frequency * 3 + frequency / 7, frequency * 1_000_000_000 })
        {
            ulong expected = (ulong)((UInt128)ticks * 1_000_000_000 / frequency);
            Assert.That(Clock.Convert(ticks, frequency, 1_000_000_000), Is.EqualTo(expected));
        }
    }

    private static RtcRegisters Registers(int status, int hour, int minute, int second, int day, int month, int year, int century) => new()
    {
        StatusB = (byte)status,
        Hour = (byte)hour,
        Minute = (byte)minute,
        Second = (byte)second,
        Day = (byte)day,
        Month = (byte)month,
        Year = (byte)year,
        Century = (byte)century,
    };
}
