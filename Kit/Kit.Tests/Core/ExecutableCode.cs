using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;

namespace MemOS.Kit.Tests.Core;

/// <summary>Assembler source, assembled to flat bytes and put where this process can run it. For x86-64 Linux.</summary>
internal sealed unsafe class ExecutableCode : IDisposable
{
    private readonly nuint _sizeBytes;

    public ExecutableCode(string source)
    {
        byte[] code = Assemble(source);
        _sizeBytes = (nuint)code.Length + 4096;
        const int ReadWriteExecute = 7;
        const int PrivateAnonymous = 0x22;
        Start = mmap(null, _sizeBytes, ReadWriteExecute, PrivateAnonymous, -1, 0);
        if (Start == (byte*)-1)
            throw new InvalidOperationException("no executable memory");
        code.CopyTo(new Span<byte>(Start, code.Length));
    }

    /// <summary>The first byte of the code.</summary>
    public byte* Start { get; }

    public void Dispose() => _ = munmap(Start, _sizeBytes);

    private static byte[] Assemble(string source)
    {
        string folder = Directory.CreateTempSubdirectory("code").FullName;
        try
        {
            string input = Path.Combine(folder, "code.asm");
            string output = Path.Combine(folder, "code.bin");
            File.WriteAllText(input, source);
            using Process nasm = Process.Start(new ProcessStartInfo("nasm", ["-f", "bin", "-o", output, input])
            {
                RedirectStandardError = true,
            })!;
            string errors = nasm.StandardError.ReadToEnd();
            if (!nasm.WaitForExit(60_000) || nasm.ExitCode != 0)
                throw new InvalidOperationException(errors);
            return File.ReadAllBytes(output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern byte* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", SetLastError = true)]
    private static extern int munmap(void* address, nuint length);
}
