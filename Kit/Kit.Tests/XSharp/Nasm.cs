using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;

namespace MemOS.Kit.Tests.XSharp;

/// <summary>Runs NASM and reads the sections of the object file that it wrote.</summary>
internal static class Nasm
{
    /// <summary>Assembles for ELF and returns the bytes of every section with contents, by name.</summary>
    /// <exception cref="InvalidOperationException">NASM refuses the text or warns about it.</exception>
    public static Dictionary<string, byte[]> Assemble(string source, int bits)
    {
        return Sections(Run(source, "-f", bits == 64 ? "elf64" : "elf32", "-Werror"), bits == 64);
    }

    /// <summary>Assembles and links all sections at address 0, code first.</summary>
    public static byte[] AssembleFlat(string source)
    {
        // This format knows no section attributes and says so.
        return Run(source, "-f", "bin", "-w-other");
    }

    private static byte[] Run(string source, params string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("xsharp").FullName;
        try
        {
            string input = Path.Combine(folder, "source.asm");
            string output = Path.Combine(folder, "object.o");
            File.WriteAllText(input, source);
            ProcessStartInfo start = new("nasm", [.. options, "-o", output, input]) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            if (!process.WaitForExit(60_000) || process.ExitCode != 0)
            {
                throw new InvalidOperationException(WithLines(errors, source));
            }

            return File.ReadAllBytes(output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>NASM's messages, each with the source line that it is about.</summary>
    private static string WithLines(string errors, string source)
    {
        string[] lines = source.Split('\n');
        StringBuilder text = new();
        foreach (string error in errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = error.Split(':');
            string line = parts.Length > 1 && int.TryParse(parts[1], out int number) ? lines[number - 1].Trim() : "";
            _ = text.Append(error[(error.IndexOf(':', StringComparison.Ordinal) + 1)..]).Append("   <- ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static Dictionary<string, byte[]> Sections(byte[] file, bool wide)
    {
        // Offsets of the fields in ELF64's and ELF32's headers.
        int tableOffset = (int)(wide ? BitConverter.ToUInt64(file, 0x28) : BitConverter.ToUInt32(file, 0x20));
        int entrySize = BitConverter.ToUInt16(file, wide ? 0x3A : 0x2E);
        int count = BitConverter.ToUInt16(file, wide ? 0x3C : 0x30);
        int names = BitConverter.ToUInt16(file, wide ? 0x3E : 0x32);

        int Header(int index) => tableOffset + index * entrySize;
        int Offset(int index) => (int)BitConverter.ToUInt32(file, Header(index) + (wide ? 0x18 : 0x10));
        int Size(int index) => (int)BitConverter.ToUInt32(file, Header(index) + (wide ? 0x20 : 0x14));

        Dictionary<string, byte[]> sections = new(StringComparer.Ordinal);
        for (int i = 1; i < count; i++)
        {
            const uint Progbits = 1;
            if (BitConverter.ToUInt32(file, Header(i) + 4) == Progbits)
            {
                int name = Offset(names) + (int)BitConverter.ToUInt32(file, Header(i));
                int end = Array.IndexOf(file, (byte)0, name);
                sections[Encoding.ASCII.GetString(file, name, end - name)] = file.AsSpan(Offset(i), Size(i)).ToArray();
            }
        }

        return sections;
    }
}
