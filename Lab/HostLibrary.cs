using System;
using System.Runtime.InteropServices;

namespace MemOS.Lab;

/// <summary>C libraries of the host.</summary>
internal static class HostLibrary
{
    /// <summary>Loads one for good: the process may keep memory of it.</summary>
    /// <param name="fileName">Its file name.</param>
    /// <exception cref="LabException">It cannot be loaded.</exception>
    public static nint Load(string fileName)
    {
        try
        {
            return NativeLibrary.Load(fileName);
        }
        catch (DllNotFoundException problem)
        {
            throw new LabException($"{fileName} cannot be loaded; ./memos setup installs it, ./memos bench leaves it room for its thread-local data. {problem.Message}");
        }
    }
}
