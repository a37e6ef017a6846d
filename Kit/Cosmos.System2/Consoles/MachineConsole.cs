namespace Cosmos.System.Consoles;

/// <summary>Opens the console on the devices that the machine has.</summary>
public static unsafe class MachineConsole
{
    /// <summary>Looks for the devices and opens a console on those that answer.</summary>
    public static KernelConsole Open()
    {
        var ports = new MachinePorts();
        SerialPort? serial = SerialPort.TryOpen(ports, SerialPort.Com1) ?? SerialPort.TryOpen(ports, SerialPort.Com2);
        var screen = new TextScreen(new VgaTextSurface(ports, (ushort*)VgaTextSurface.PhysicalBase));
        return new KernelConsole(serial, screen, new Ps2Keyboard(ports));
    }
}
