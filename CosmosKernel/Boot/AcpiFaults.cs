namespace MemOS.Boot;

/// <summary>What can be said of an <see cref="AcpiFault"/>.</summary>
public static class AcpiFaults
{
    /// <summary>The fault in a few words; a constant, so that it can be printed before the heap is there.</summary>
    public static string Description(this AcpiFault fault) => fault switch
    {
        AcpiFault.None => "usable",
        AcpiFault.Missing => "missing",
        AcpiFault.Unreachable => "lies outside readable memory",
        AcpiFault.WrongSignature => "wrong signature",
        AcpiFault.WrongLength => "wrong length",
        AcpiFault.WrongChecksum => "wrong checksum",
        AcpiFault.WrongEntryLength => "an entry has a wrong length",
        AcpiFault.WrongAddress => "an entry has an impossible address",
        _ => "an impossible distance",
    };
}
