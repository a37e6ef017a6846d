namespace MemOS.Boot;

/// <summary>A processor that the firmware names.</summary>
/// <param name="apicId">The number that interrupts are sent to it by.</param>
/// <param name="isEnabled">Whether it is there and can be started; else it may be plugged in one day.</param>
public readonly struct AcpiProcessor(uint apicId, bool isEnabled)
{
    /// <summary>The number that interrupts are sent to it by.</summary>
    public uint ApicId { get; } = apicId;

    /// <summary>Whether it is there and can be started; else it may be plugged in one day.</summary>
    public bool IsEnabled { get; } = isEnabled;
}
