using System;
using Cosmos.Core;
using IL2CPU.API.Attribs;

namespace Cosmos.Plugs.Time;

/// <summary>The date and time from the kit's clock, instead of from Windows and its knowledge of leap seconds.</summary>
[Plug(typeof(DateTime))]
public static class DateTimePlugs
{
    public static DateTime get_UtcNow() => new(Clock.UtcTicks, DateTimeKind.Utc);

    public static DateTime get_Now() => new(Clock.UtcTicks, DateTimeKind.Local);

    public static bool GetSystemSupportsLeapSeconds() => false;

    /// <summary>Asked about a second 60 only; without leap seconds there is none.</summary>
    public static bool IsValidTimeWithLeapSeconds(DateTime value) => false;
}
