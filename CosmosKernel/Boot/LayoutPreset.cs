namespace MemOS.Boot;

/// <summary>The values of <c>layout=</c>: where the kernel's address space has what.</summary>
public enum LayoutPreset : byte
{
    /// <summary>VeridianOS's. The default.</summary>
    Veridian,

    /// <summary>LLD's.</summary>
    Lld,

    /// <summary>Valen's.</summary>
    Valen,

    /// <summary>Coal's, for 32-bit machines: all of the kernel's above 3 GiB. No value of <c>layout=</c>.</summary>
    Coal,

    /// <summary>
    /// MyOS's, for 32-bit machines, what it leaves open as Coal has it. With 64 bits only programs are given its addresses: the kernel's
    /// are VeridianOS's.
    /// </summary>
    MyOs,

    /// <summary>That of a kernel which runs at its physical addresses, as Cosmos's do. No value of <c>layout=</c>.</summary>
    Identity,
}
