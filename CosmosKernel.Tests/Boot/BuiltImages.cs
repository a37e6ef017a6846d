using System;
using System.IO;
using Cosmos.Build.Machines;

namespace MemOS.Tests.Boot;

/// <summary>The images that an ordinary build makes.</summary>
internal static class BuiltImages
{
    /// <summary>A machine with MemOS in its drive.</summary>
    public static MachineOptions MemOS => Machine("memos");

    /// <summary>A machine with the sample kernel on the kit's own memory management.</summary>
    public static MachineOptions Hello => Machine("hello");

    private static MachineOptions Machine(string name)
    {
        string iso = Path.Combine(Root, "artifacts", name, name + ".iso");
        return File.Exists(iso)
            ? new MachineOptions { IsoPath = iso, Memory = MemorySize.Parse("128M") }
            : throw new FileNotFoundException($"{iso} is not there: it is made by a build without -p:CosmosImage=false");
    }

    /// <summary>The root of the tree.</summary>
    public static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder != null && !File.Exists(Path.Combine(folder.FullName, "MemOS.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new DirectoryNotFoundException("no MemOS.sln above the tests");
        }
    }
}
