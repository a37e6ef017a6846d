using Cosmos.Core;
using Cosmos.Core.Multiboot;

namespace Cosmos.System.Consoles;

/// <summary>Opens the console on the devices that the machine has.</summary>
public static unsafe class MachineConsole
{
    private static CosmosAddress s_screenAddress;
    // Before there are objects not even the places of references exist: what is asked then is a plain value.
    private static bool s_isOpen;
    private static TextSurface? s_surface;
    private static TextScreen? s_screen;
    private static SerialPort? s_serial;

    /// <summary>Physical address of the screen's memory: the framebuffer's, or that of VGA text.</summary>
    public static ulong ScreenPhysicalAddress => HasPixels ? Multiboot2.Framebuffer.Address : VgaTextSurface.PhysicalBase;

    /// <summary>Bytes of the screen's memory.</summary>
    public static ulong ScreenSizeBytes => HasPixels
        ? (ulong)Multiboot2.Framebuffer.PitchBytes * Multiboot2.Framebuffer.Height
        : VgaTextSurface.SizeBytes;

    private static bool HasPixels => Multiboot2.HasFramebuffer && Multiboot2.Framebuffer.Kind != FramebufferKind.Text;

    /// <summary>Says where the screen's memory is mapped, when it is no longer at its physical address.</summary>
    /// <remarks>Allocates nothing: it may be called before there are objects, and between two page tables.</remarks>
    public static void MoveScreen(CosmosAddress address)
    {
        s_screenAddress = address;
        if (s_isOpen)
        {
            s_surface?.MoveTo(address);
        }
        else if (!HasPixels)
        {
            EarlyConsole.SetScreen((ushort*)address);
        }
    }

    /// <summary>Looks for the devices and opens a console on those that answer.</summary>
    public static KernelConsole Open()
    {
        var ports = new MachinePorts();
        s_serial = SerialPort.TryOpen(ports, SerialPort.Com1) ?? SerialPort.TryOpen(ports, SerialPort.Com2);
        s_surface = OpenSurface(ports);
        s_isOpen = true;
        if (s_surface is not null)
        {
            s_screen = new TextScreen(s_surface);

            // From now on a panic's text follows what the console has written, in pixels too.
            EarlyConsole.SetScreen(null);
            EarlyConsole.SetMirror(&Mirror);
        }

        return new KernelConsole(s_serial, s_screen, new Ps2Keyboard(ports));
    }

    /// <summary>Waits until the serial port has sent what it was given: before the machine goes away.</summary>
    public static void Flush() => s_serial?.Flush();

    private static TextSurface? OpenSurface(PortAccess ports)
    {
        CosmosAddress address = s_screenAddress != 0 ? s_screenAddress : (CosmosAddress)ScreenPhysicalAddress;
        return HasPixels
            ? FramebufferTextSurface.TryCreate(Multiboot2.Framebuffer, address)
            : new VgaTextSurface(ports, address);
    }

    private static void Mirror(byte value) => s_screen!.Put((char)value);
}
