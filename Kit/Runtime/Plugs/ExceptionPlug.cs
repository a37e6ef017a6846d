using System;
using System.Text;
using IL2CPU.API.Attribs;

namespace Kit.Runtime.Plugs;

/// <summary>Gives <see cref="Exception.StackTrace"/> its text: CoreLib keeps the addresses, the image the names.</summary>
[Plug(typeof(Exception))]
internal static unsafe class ExceptionPlug
{
    /// <summary>One line a frame, innermost first; null when the exception was never thrown.</summary>
    public static string? get_StackTrace(
        Exception aThis,
        [FieldAccess(Name = "System.IntPtr[] System.Exception._corDbgStackTrace")] ref nint[]? addresses,
        [FieldAccess(Name = "System.Int32 System.Exception._idxFirstFreeStackTraceEntry")] ref int count)
    {
        if (addresses == null || count == 0)
            return null;
        StringBuilder text = new();
        for (int i = 0; i < count; i++)
        {
            if (!CodeTargets.Get()->IsManaged((byte*)addresses[i]))
                continue; // CoreLib's mark between the throws of an exception that was thrown on
            if (text.Length > 0)
                text.Append('\n');
            KernelSymbols.AppendFrame(text, (byte*)addresses[i]);
        }

        return text.ToString();
    }
}
