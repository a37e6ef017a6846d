namespace MemOS.Boot;

/// <summary>What is wrong with a word of the command line; it is ignored.</summary>
public enum CommandLineFault : byte
{
    /// <summary>No such key.</summary>
    UnknownKey,

    /// <summary>The key has no such value.</summary>
    BadValue,

    /// <summary>A quotation mark is not closed; the rest of the line is taken as quoted.</summary>
    OpenQuote,

    /// <summary>The line is longer than the storage for it; the word that does not fit and what follows are left out.</summary>
    TooLong,
}
