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
}
