using System.IO;
using System.Text;

namespace Cosmos.Build.Linux;

/// <summary>What Linux finds in memory when it has started: a console, and a program to run as its first process.</summary>
/// <remarks>A cpio archive in its "newc" form (Linux's Documentation/driver-api/early-userspace/buffer-format.rst); nothing is compressed.</remarks>
internal static class InitialRamDisk
{
    private const int Alignment = 4;
    private const uint Folder = 0x41ED; // rwxr-xr-x
    private const uint CharacterDevice = 0x2180; // rw-------
    private const uint Program = 0x81ED; // rwxr-xr-x

    /// <summary>Writes one that runs the static program at <paramref name="program"/>.</summary>
    public static void Write(string path, string program)
    {
        using FileStream disk = File.Create(path);
        Add(disk, 1, "dev", Folder, []);
        Add(disk, 2, "dev/console", CharacterDevice, [], deviceMajor: 5, deviceMinor: 1);
        Add(disk, 3, "init", Program, File.ReadAllBytes(program));
        Add(disk, 0, "TRAILER!!!", 0, []);
    }

    // Thirteen numbers in eight hexadecimal digits each; name and content are padded.
    private static void Add(FileStream disk, uint number, string name, uint mode, byte[] content, uint deviceMajor = 0, uint deviceMinor = 0)
    {
        uint[] header = [number, mode, 0, 0, 1, 0, (uint)content.Length, 0, 0, deviceMajor, deviceMinor, (uint)name.Length + 1, 0];
        disk.Write("070701"u8);
        foreach (uint field in header)
        {
            disk.Write(Encoding.ASCII.GetBytes(field.ToString("X8")));
        }

        disk.Write(Encoding.ASCII.GetBytes(name + '\0'));
        Pad(disk);
        disk.Write(content);
        Pad(disk);
    }

    private static void Pad(FileStream disk)
        => disk.Write(new byte[(Alignment - disk.Position % Alignment) % Alignment]);
}
