namespace MemOS.Hardware;

/// <summary>Whether a probe faulted, and how.</summary>
public readonly struct ProbeOutcome
{
    private const uint FaultedBit = 0x100;
    private const int ErrorShift = 16;

    private readonly uint _raw;

    private ProbeOutcome(uint raw) => _raw = raw;

    /// <summary>Whether the access faulted.</summary>
    public bool Faulted => _raw != 0;

    /// <summary>The exception's vector: 14 a page fault, 13 general protection; 0 when nothing faulted.</summary>
    public byte Vector => (byte)_raw;

    /// <summary>The exception's error code, as the processor pushed it; 0 for one without.</summary>
    public ushort ErrorCode => (ushort)(_raw >> ErrorShift);

    /// <summary>The outcome that an X# body returned.</summary>
    public static ProbeOutcome FromRaw(uint raw) => new(raw);

    /// <summary>What the interrupt path hands to the recovering body: error code, a bit that says "faulted", vector.</summary>
    /// <remarks>Error codes have 16 bits (Intel SDM vol. 3, 6.13 and 4.7: the highest defined bit is SGX, 15).</remarks>
    public static uint RawFault(byte vector, uint errorCode) => errorCode << ErrorShift | FaultedBit | vector;
}
