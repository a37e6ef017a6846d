using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>The functions that CoreLib's dispatcher asks the runtime for, and the end of an exception nobody catches.</summary>
internal static unsafe class ClassLibrary
{
    private const int GetRuntimeExceptionId = 0;
    private const int FailFastId = 1;
    private const int AppendExceptionStackFrameId = 3;
    private const int GetSystemArrayEETypeId = 5;

    private static bool s_failing;

    [RuntimeExport("RhpGetClasslibFunctionFromCodeAddress")]
    private static void* FunctionFromCode(void* address, int id)
    {
        return Function(id);
    }

    [RuntimeExport("RhpGetClasslibFunctionFromEEType")]
    private static void* FunctionFromType(void* type, int id)
    {
        return Function(id);
    }

    private static void* Function(int id)
    {
        CodeTargets* targets = CodeTargets.Get();
        return id switch
        {
            GetRuntimeExceptionId => targets->GetRuntimeException,
            FailFastId => (delegate*<int, Exception?, nint, void*, void>)&FailFast,
            AppendExceptionStackFrameId => targets->AppendExceptionStackFrame,
            GetSystemArrayEETypeId => targets->GetSystemArrayEEType,
            _ => null,
        };
    }

    // RhFailFastReason, exception, address, context.
    private static void FailFast(int reason, Exception? exception, nint address, void* context)
    {
        if (s_failing)
            Panic.Stop("a second exception while reporting an unhandled one");
        s_failing = true;
        CPU.DisableInterrupts();
        EarlyConsole.Write("\nUnhandled exception. ");
        if (exception != null)
            UnhandledException.Write(exception);
        else
            EarlyConsole.WriteLine(Reason(reason));
        Panic.Stop("unhandled exception");
    }

    [RuntimeExport("RhpFallbackFailFast")]
    private static void FallbackFailFast()
    {
        FailFast(0, null, 0, null);
    }

    [RuntimeExport("RhpFirstChanceExceptionNotification")]
    private static void FirstChanceExceptionNotification()
    {
    }

    [RuntimeExport("RhpCopyContextFromExInfo")]
    private static void CopyContextFromExInfo(void* target, int bytes, LimitedContext* source)
    {
        // The record of the operating system that CoreLib makes room for is not read by anybody here.
        Unsafe.InitBlock(target, 0, (uint)bytes);
    }

    [RuntimeExport("RhpValidateExInfoStack")]
    private static void ValidateExInfoStack()
    {
    }

    [RuntimeExport("RhpGetThreadAbortException")]
    private static Exception? GetThreadAbortException()
    {
        return null;
    }

    private static string Reason(int reason)
    {
        return reason switch
        {
            1 => "The runtime came to a state that cannot be (internal error).",
            2 => "An exception passed through every frame of the stack.",
            3 => "A class library does not implement what the runtime asked for.",
            4 => "Fail fast.",
            5 => "An exception came out of a method that may not throw.",
            6 => "Illegal access of native code.",
            _ => "The runtime cannot go on.",
        };
    }
}

/// <summary>The report of an exception nobody caught: type, message, back-trace, and the same of what caused it.</summary>
internal static class UnhandledException
{
    private const int MaxDepth = 8;

    /// <summary>Writes <paramref name="exception"/> to the early console.</summary>
    public static void Write(Exception exception)
    {
        Exception? current = exception;
        for (int depth = 0; current != null && depth < MaxDepth; depth++)
        {
            if (depth > 0)
                EarlyConsole.Write(" ---> ");
            EarlyConsole.Write(current.GetType().FullName ?? current.GetType().Name);
            EarlyConsole.Write(": ");
            EarlyConsole.WriteLine(current.Message);
            string? trace = current.StackTrace;
            if (trace != null)
                EarlyConsole.WriteLine(trace);
            current = current.InnerException;
        }
    }
}
