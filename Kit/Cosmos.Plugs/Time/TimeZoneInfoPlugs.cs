using System;
using IL2CPU.API.Attribs;

namespace Cosmos.Plugs.Time;

/// <summary>A machine without a registry knows one time zone: UTC, which is its local time too.</summary>
[Plug(typeof(TimeZoneInfo))]
public static class TimeZoneInfoPlugs
{
    private const string CachedData = "System.TimeZoneInfo+CachedData, System.Private.CoreLib";

    public static TimeZoneInfo GetLocalTimeZone([FieldType(Name = CachedData)] object cachedData) => TimeZoneInfo.Utc;

    public static TimeSpan GetDateTimeNowUtcOffsetFromUtc(DateTime time, out bool isAmbiguousLocalDst)
    {
        isAmbiguousLocalDst = false;
        return TimeSpan.Zero;
    }

    public static string GetUtcStandardDisplayName() => "Coordinated Universal Time";

    public static string GetUtcFullDisplayName(string? timeZoneId, string standardDisplayName) => "(UTC) " + standardDisplayName;
}
