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

    /// <summary>MyOS's, likewise; what it leaves open is as Coal has it.</summary>
    MyOs,

    /// <summary>That of a kernel which runs at its physical addresses, as Cosmos's do. No value of <c>layout=</c>.</summary>
    Identity,
}
