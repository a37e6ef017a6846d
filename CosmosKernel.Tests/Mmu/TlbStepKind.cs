namespace MemOS.Tests.Mmu;

/// <summary>What the program of the TLB oracle does in a step.</summary>
internal enum TlbStepKind
{
    /// <summary>Reads a byte and sends it.</summary>
    Read = 0,

    /// <summary>Writes a word: an entry of the tables.</summary>
    Write,

    /// <summary>INVLPG.</summary>
    ForgetPage,

    /// <summary>Loads CR3 with a root, a number, and bit 63 where what is held stays.</summary>
    LoadRoot,

    /// <summary>INVPCID of a type, with a number and an address.</summary>
    Forget,

    /// <summary>Clears CR4.PGE and sets it again.</summary>
    ToggleGlobal,

    /// <summary>Switches the machine off.</summary>
    End,
}
