using System;
using System.Runtime;
using Cosmos.Core;
using Cosmos.Core.Memory;

namespace Kit.Runtime.Platform;

/// <summary>Processes, modules, environment, text conversion and the like, as a machine with one program answers them.</summary>
internal static unsafe class ProcessImports
{
    private const int ErrorEnvironmentVariableNotFound = 203;
    private const nint CurrentProcess = -1;
    private const nint CurrentThread = -2;
    private const int NotImplemented = unchecked((int)0x80004001);
    private const uint CodePageUtf8 = 65001;

    [RuntimeExport("GetLastError")]
    private static int GetLastError()
    {
        return (int)Threads.Current()->LastError;
    }

    [RuntimeExport("SetLastError")]
    private static void SetLastError(int error)
    {
        Threads.Current()->LastError = (uint)error;
    }

    [RuntimeExport("GetCurrentProcess")]
    private static nint GetCurrentProcess()
    {
        return CurrentProcess;
    }

    [RuntimeExport("GetCurrentThread")]
    private static nint GetCurrentThread()
    {
        return CurrentThread;
    }

    [RuntimeExport("GetCurrentProcessorNumberEx")]
    private static void GetCurrentProcessorNumber(uint* number)
    {
        *number = (uint)ThreadServices.CurrentProcessor();
    }

    [RuntimeExport("GetEnvironmentVariableW")]
    private static uint GetEnvironmentVariable(char* name, char* buffer, uint length)
    {
        Threads.Current()->LastError = ErrorEnvironmentVariableNotFound;
        return 0;
    }

    [RuntimeExport("GetModuleFileNameW")]
    private static uint GetModuleFileName(nint module, char* buffer, uint length)
    {
        return 0;
    }

    [RuntimeExport("FormatMessageW")]
    private static uint FormatMessage(uint flags, void* source, uint id, uint language, char* buffer, uint size, void* arguments)
    {
        return 0;
    }

    [RuntimeExport("DebugDebugger_IsNativeDebuggerAttached")]
    private static int IsNativeDebuggerAttached()
    {
        return 0;
    }

    [RuntimeExport("RaiseFailFastException")]
    private static void RaiseFailFastException(void* record, void* context, uint flags)
    {
        Panic.Stop("the class library ended the program (fail fast)");
    }

    [RuntimeExport("CoGetApartmentType")]
    private static int CoGetApartmentType(int* type, int* qualifier)
    {
        return NotImplemented;
    }

    // Every thread that starts wants it; there is nothing to prepare.
    [RuntimeExport("CoInitializeEx")]
    private static int CoInitialize(void* reserved, uint flags)
    {
        return 0;
    }

    [RuntimeExport("CoUninitialize")]
    private static void CoUninitialize()
    {
    }

    [RuntimeExport("RegisterEventSourceW")]
    private static nint RegisterEventSource(char* server, char* source)
    {
        return 0;
    }

    [RuntimeExport("DeregisterEventSource")]
    private static int DeregisterEventSource(nint log)
    {
        return 1;
    }

    [RuntimeExport("ReportEventW")]
    private static int ReportEvent(nint log)
    {
        return 1;
    }

    // The class library's last words go to its standard error: the early console.
    [RuntimeExport("GetStdHandle")]
    private static nint GetStdHandle(int which)
    {
        return 1;
    }

    [RuntimeExport("GetConsoleOutputCP")]
    private static uint GetConsoleOutputCodePage()
    {
        return CodePageUtf8;
    }

    [RuntimeExport("WriteFile")]
    private static int WriteFile(nint handle, byte* bytes, int count, int* written, void* overlapped)
    {
        for (int i = 0; i < count; i++)
            EarlyConsole.Write(bytes[i]);
        if (written != null)
            *written = count;
        return 1;
    }

    [RuntimeExport("WideCharToMultiByte")]
    private static int WideCharToMultiByte(
        uint codePage, uint flags, char* text, int length, byte* bytes, int byteCount, byte* defaultChar, int* usedDefault)
    {
        if (bytes == null || byteCount == 0)
            return System.Text.Encoding.UTF8.GetByteCount(text, length);
        return System.Text.Encoding.UTF8.GetBytes(text, length, bytes, byteCount);
    }

    [RuntimeExport("MultiByteToWideChar")]
    private static int MultiByteToWideChar(uint codePage, uint flags, byte* bytes, int byteCount, char* text, int length)
    {
        if (text == null || length == 0)
            return System.Text.Encoding.UTF8.GetCharCount(bytes, byteCount);
        return System.Text.Encoding.UTF8.GetChars(bytes, byteCount, text, length);
    }

    [RuntimeExport("BCryptGenRandom")]
    private static int GenerateRandom(void* algorithm, byte* buffer, int count, int flags)
    {
        Entropy.Fill(new Span<byte>(buffer, count));
        return 0;
    }

    [RuntimeExport("malloc")]
    private static void* Allocate(nuint bytes)
    {
        return Heap.Alloc(bytes);
    }

    [RuntimeExport("free")]
    private static void Free(void* block)
    {
        if (block != null)
            Heap.Free(block);
    }

    [RuntimeExport("VirtualAlloc")]
    private static void* VirtualAllocate(void* address, nuint bytes, uint type, uint protection)
    {
        return address != null ? address : Heap.Alloc(bytes);
    }

    [RuntimeExport("VirtualFree")]
    private static int VirtualRelease(void* address, nuint bytes, uint type)
    {
        Heap.Free(address);
        return 1;
    }

    [RuntimeExport("LocalFree")]
    private static nint LocalFree(nint block)
    {
        return 0;
    }

    [RuntimeExport("CoCreateGuid")]
    private static int CreateGuid(byte* guid)
    {
        const int VersionByte = 7;
        const int VariantByte = 8;
        Entropy.Fill(new Span<byte>(guid, sizeof(Guid)));
        guid[VersionByte] = (byte)((guid[VersionByte] & 0x0F) | 0x40); // version 4, random (RFC 9562, 5.4)
        guid[VariantByte] = (byte)((guid[VariantByte] & 0x3F) | 0x80);
        return 0;
    }
}
