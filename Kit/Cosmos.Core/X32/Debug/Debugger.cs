namespace Cosmos.Debug.Kernel;

/// <summary>Messages to a debugger, as the installed kit knows them: signatures to compile against, without bodies.</summary>
public class Debugger
{
    /// <summary>A sender.</summary>
    public Debugger(string section) => Section = section;

    /// <summary>Who sends.</summary>
    public string Section { get; }

    /// <summary>Sends a text.</summary>
    public void Send(string text) => throw null!;

    /// <summary>Sends a number.</summary>
    public static void DoSendNumber(uint number) => throw null!;

    /// <summary>Stops in Visual Studio's debugger with a number.</summary>
    public static void SendKernelPanic(uint id) => throw null!;
}
