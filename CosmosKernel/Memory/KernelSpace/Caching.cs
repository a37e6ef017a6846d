namespace MemOS.Memory.KernelSpace;

/// <summary>How the processor treats a device's memory.</summary>
public enum Caching
{
    /// <summary>Each access goes to the device: registers.</summary>
    Disabled = 0,

    /// <summary>Reads may be cached, writes go through.</summary>
    WriteThrough,

    /// <summary>Writes are gathered, reads go to the device: a framebuffer.</summary>
    WriteCombining,

    /// <summary>As memory: tables that the firmware left behind.</summary>
    WriteBack,
}
