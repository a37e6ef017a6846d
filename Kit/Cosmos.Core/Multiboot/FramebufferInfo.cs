namespace Cosmos.Core.Multiboot;

/// <summary>What kind of screen the boot loader left.</summary>
public enum FramebufferKind : byte
{
    /// <summary>One byte a pixel, an index into a palette.</summary>
    Indexed = 0,

    /// <summary>Pixels with a field for each of red, green and blue.</summary>
    Rgb = 1,

    /// <summary>VGA text: two bytes a character.</summary>
    Text = 2,
}

/// <summary>The screen as the boot loader left it.</summary>
public struct FramebufferInfo
{
    /// <summary>The physical address.</summary>
    public ulong Address;

    /// <summary>Bytes from one line to the next.</summary>
    public uint PitchBytes;

    /// <summary>Width in pixels; in characters for <see cref="FramebufferKind.Text"/>.</summary>
    public uint Width;

    /// <summary>Height in pixels; in characters for <see cref="FramebufferKind.Text"/>.</summary>
    public uint Height;

    /// <summary>Bits of one pixel or character.</summary>
    public byte BitsPerPixel;

    /// <summary>The kind of screen.</summary>
    public FramebufferKind Kind;

    /// <summary>The lowest bit of red, for <see cref="FramebufferKind.Rgb"/>.</summary>
    public byte RedPosition;

    /// <summary>The number of bits of red.</summary>
    public byte RedBits;

    /// <summary>The lowest bit of green.</summary>
    public byte GreenPosition;

    /// <summary>The number of bits of green.</summary>
    public byte GreenBits;

    /// <summary>The lowest bit of blue.</summary>
    public byte BluePosition;

    /// <summary>The number of bits of blue.</summary>
    public byte BlueBits;
}

/// <summary>A file that the boot loader put into memory.</summary>
public struct ModuleInfo
{
    /// <summary>The physical address of its first byte.</summary>
    public uint Start;

    /// <summary>The physical address behind its last byte.</summary>
    public uint End;
}
