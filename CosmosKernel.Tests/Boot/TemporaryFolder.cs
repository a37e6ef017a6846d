using System;
using System.IO;

namespace MemOS.Tests.Boot;

/// <summary>A folder that goes when its test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private int _count;

    public string Path { get; } = Directory.CreateTempSubdirectory("memos-boot-test-").FullName;

    /// <summary>A name that no file has yet.</summary>
    public string NewFile(string extension) => System.IO.Path.Combine(Path, ++_count + extension);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
