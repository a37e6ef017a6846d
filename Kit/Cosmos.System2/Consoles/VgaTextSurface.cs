namespace Cosmos.System.Consoles;

/// <summary>VGA text mode 3: 80 × 25 cells of code page 437 at physical B8000h.</summary>
public sealed unsafe class VgaTextSurface : TextSurface
{
    /// <summary>The physical address of the text memory.</summary>
    public const uint PhysicalBase = 0xB8000;

    /// <summary>Bytes of the text memory that are shown.</summary>
    public const uint SizeBytes = 80 * 25 * 2;

    // The CRT controller's index and data port, and its cursor registers (IBM VGA, colour emulation).
    private const int CrtcIndex = 0x3D4;
    private const int CrtcData = 0x3D5;
    private const byte CursorStart = 0x0A;
    private const byte CursorEnd = 0x0B;
    private const byte CursorHigh = 0x0E;
    private const byte CursorLow = 0x0F;
    private const byte CursorOff = 0x20;
    private const byte FirstScanLine = 13;
    private const byte LastScanLine = 15;

    private readonly PortAccess _ports;
    private ushort* _cells;

    /// <summary>Creates the surface over text memory that is mapped at <paramref name="address"/>.</summary>
    public VgaTextSurface(PortAccess ports, CosmosAddress address)
    {
        _ports = ports;
        _cells = (ushort*)address;
        WriteCrtc(CursorStart, FirstScanLine);
        WriteCrtc(CursorEnd, LastScanLine);
    }

    /// <inheritdoc/>
    public override int Columns => 80;

    /// <inheritdoc/>
    public override int Rows => 25;

    /// <inheritdoc/>
    public override void MoveTo(CosmosAddress address) => _cells = (ushort*)address;

    /// <inheritdoc/>
    public override void Draw(int column, int row, Cell cell)
    {
        // SAFETY: TextScreen stays inside Columns × Rows, and whoever gave the address maps that many cells.
        _cells[(row * Columns) + column] = (ushort)((cell.Colours << 8) | CodePage437.FromChar(cell.Character));
    }

    /// <inheritdoc/>
    public override void ShowCursor(int column, int row, Cell under)
    {
        int position = (row * Columns) + column;
        WriteCrtc(CursorHigh, (byte)(position >> 8));
        WriteCrtc(CursorLow, (byte)position);
        WriteCrtc(CursorStart, FirstScanLine);
    }

    /// <inheritdoc/>
    public override void HideCursor(int column, int row, Cell under) => WriteCrtc(CursorStart, CursorOff | FirstScanLine);

    private void WriteCrtc(byte index, byte value)
    {
        _ports.Write8(CrtcIndex, index);
        _ports.Write8(CrtcData, value);
    }
}
