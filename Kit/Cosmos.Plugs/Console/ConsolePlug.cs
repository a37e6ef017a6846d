using System;
using System.IO;
using System.Text;
using Cosmos.System.Consoles;
using IL2CPU.API.Attribs;

namespace Cosmos.Plugs.Console;

/// <summary>Puts <c>System.Console</c> on the kernel's console.</summary>
/// <remarks>
/// The public methods of <c>Console</c> are replaced, not the platform layer <c>ConsolePal</c> below them. Above that layer
/// the class library puts streams, encodings, a buffered writer and a synchronised one; replacing <c>ConsolePal</c> would
/// keep all of it in the image and would bind the kit to internal names of one library version. All <c>Write</c> and
/// <c>WriteLine</c> overloads go through <c>Console.Out</c>, so that one getter serves them all.
/// </remarks>
[Plug(typeof(global::System.Console))]
public static class ConsolePlug
{
    private static TextWriter? s_out;
    private static TextWriter? s_error;
    private static TextReader? s_in;

    public static TextWriter get_Out() => s_out ??= new ConsoleTextWriter(KernelConsole.Current);

    public static TextWriter get_Error() => s_error ??= new ConsoleTextWriter(KernelConsole.Current);

    public static TextReader get_In() => s_in ??= new ConsoleTextReader(KernelConsole.Current);

    public static void SetOut(TextWriter newOut) => s_out = newOut ?? throw new ArgumentNullException(nameof(newOut));

    public static void SetError(TextWriter newError) => s_error = newError ?? throw new ArgumentNullException(nameof(newError));

    public static void SetIn(TextReader newIn) => s_in = newIn ?? throw new ArgumentNullException(nameof(newIn));

    public static int Read() => get_In().Read();

    public static string? ReadLine() => get_In().ReadLine();

    public static ConsoleKeyInfo ReadKey() => ReadKey(intercept: false);

    public static ConsoleKeyInfo ReadKey(bool intercept)
    {
        ConsoleKeyInfo key = KernelConsole.Current.ReadKey();
        if (!intercept && key.KeyChar != '\0')
        {
            get_Out().Write(key.KeyChar);
        }

        return key;
    }

    public static bool get_KeyAvailable() => KernelConsole.Current.KeyAvailable;

    public static void Clear() => KernelConsole.Current.Clear();

    public static ConsoleColor get_ForegroundColor() => KernelConsole.Current.Foreground;

    public static void set_ForegroundColor(ConsoleColor value) => KernelConsole.Current.Foreground = value;

    public static ConsoleColor get_BackgroundColor() => KernelConsole.Current.Background;

    public static void set_BackgroundColor(ConsoleColor value) => KernelConsole.Current.Background = value;

    public static void ResetColor() => KernelConsole.Current.ResetColours();

    public static int get_CursorLeft() => KernelConsole.Current.CursorColumn;

    public static void set_CursorLeft(int value) => SetCursorPosition(value, get_CursorTop());

    public static int get_CursorTop() => KernelConsole.Current.CursorRow;

    public static void set_CursorTop(int value) => SetCursorPosition(get_CursorLeft(), value);

    public static void SetCursorPosition(int left, int top)
    {
        KernelConsole console = KernelConsole.Current;
        if (left < 0 || left >= console.Columns)
        {
            throw new ArgumentOutOfRangeException(nameof(left));
        }

        if (top < 0 || top >= console.Rows)
        {
            throw new ArgumentOutOfRangeException(nameof(top));
        }

        console.MoveCursor(left, top);
    }

    public static (int Left, int Top) GetCursorPosition() => (get_CursorLeft(), get_CursorTop());

    public static bool get_CursorVisible() => KernelConsole.Current.CursorVisible;

    public static void set_CursorVisible(bool value) => KernelConsole.Current.CursorVisible = value;

    public static int get_WindowWidth() => KernelConsole.Current.Columns;

    public static int get_WindowHeight() => KernelConsole.Current.Rows;

    public static int get_BufferWidth() => KernelConsole.Current.Columns;

    public static int get_BufferHeight() => KernelConsole.Current.Rows;

    public static int get_LargestWindowWidth() => KernelConsole.Current.Columns;

    public static int get_LargestWindowHeight() => KernelConsole.Current.Rows;

    public static int get_WindowLeft() => 0;

    public static int get_WindowTop() => 0;

    // The screen's size is the hardware's.
    public static void SetWindowSize(int width, int height) => throw new PlatformNotSupportedException();

    public static void SetBufferSize(int width, int height) => throw new PlatformNotSupportedException();

    public static void SetWindowPosition(int left, int top) => throw new PlatformNotSupportedException();

    // The terminal at the other end of the line may have a bell; the machine's speaker is left alone.
    public static void Beep() => KernelConsole.Current.Write("\a");

    // A kernel's console has no window to name.
    public static void set_Title(string value)
    {
    }

    public static string get_Title() => string.Empty;

    public static Encoding get_OutputEncoding() => Encoding.UTF8;

    // The line carries UTF-8 and nothing else.
    public static void set_OutputEncoding(Encoding value)
    {
    }

    public static Encoding get_InputEncoding() => Encoding.UTF8;

    public static void set_InputEncoding(Encoding value)
    {
    }

    // There is nobody to send a signal to: Control-C is always a key like any other.
    public static bool get_TreatControlCAsInput() => true;

    public static void set_TreatControlCAsInput(bool value)
    {
    }

    public static bool get_IsInputRedirected() => false;

    public static bool get_IsOutputRedirected() => false;

    public static bool get_IsErrorRedirected() => false;

    public static bool get_CapsLock() => KernelConsole.Current.CapsLock;

    public static bool get_NumberLock() => KernelConsole.Current.NumberLock;
}
