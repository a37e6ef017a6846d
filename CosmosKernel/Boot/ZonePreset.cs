namespace MemOS.Boot;

/// <summary>The values of <c>zones=</c>: how physical memory is cut into zones.</summary>
public enum ZonePreset : byte
{
    /// <summary>VeridianOS: DMA below 16 MiB, Normal above; on a 32-bit machine High from 4 GiB on. The default.</summary>
    Veridian,

    /// <summary>LLD: DMA below 1 MiB, Low below 16 MiB, Normal below 4 GiB, High above.</summary>
    Lld,

    /// <summary>Coal: Low below 1 MiB, Normal below 896 MiB, High above.</summary>
    Coal,

    /// <summary>Valen: one zone, nothing below 2 MiB.</summary>
    Valen,

    /// <summary>Linux on x86-64: DMA below 16 MiB, DMA32 below 4 GiB, Normal above, frame 0 left out.</summary>
    Linux,
}
