namespace NarrowKernel;

/// <summary>Room for what the boot loader handed over.</summary>
internal unsafe struct LoaderWords
{
    /// <summary>The words of the record.</summary>
    internal const int Count = 256;

    /// <summary>The bytes of the command line.</summary>
    internal const int LineBytes = 256;

    internal fixed uint Record[Count];
    internal fixed byte Line[LineBytes];
    internal fixed byte LineStorage[LineBytes];
}
