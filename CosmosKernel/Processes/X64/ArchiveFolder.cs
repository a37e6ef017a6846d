using System.Collections.Generic;

namespace MemOS.Processes;

/// <summary>A folder of the archive: what the paths of its files say there is.</summary>
public sealed unsafe class ArchiveFolder : OpenFile
{
    /// <summary>S_IFDIR, r-xr-xr-x.</summary>
    public const uint FolderMode = 0x416D;

    private const int HeaderBytes = 19; // struct linux_dirent64 (getdents64(2)): d_ino, d_off, d_reclen, d_type.
    private const byte FileType = 8; // DT_REG
    private const byte FolderType = 4; // DT_DIR

    private readonly List<string> _names = new();
    private readonly List<bool> _areFolders = new();

    /// <summary>The folder at <paramref name="path"/>, from the root.</summary>
    public ArchiveFolder(string path)
    {
        Path = path;
        Add(".", isFolder: true);
        Add("..", isFolder: true);
        string prefix = PrefixOf(path);
        for (ulong position = 0; ProgramFiles.Archive.TryNext(ref position, out ArchiveEntry entry);)
        {
            if (!StartsWith(entry.Name, prefix)) continue;
            string rest = entry.Name.Substring(prefix.Length);
            int slash = rest.IndexOf('/');
            Add(slash < 0 ? rest : rest.Substring(0, slash), isFolder: slash >= 0);
        }
    }

    /// <summary>Its path from the root.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public override uint Mode => FolderMode;

    /// <inheritdoc/>
    public override uint AccessMode => 0;

    /// <inheritdoc/>
    public override bool HasPosition => true;

    /// <summary>Whether there is a folder at <paramref name="path"/>, from the root.</summary>
    public static bool Exists(string path)
    {
        string prefix = PrefixOf(path);
        if (prefix.Length == 0) return true;
        for (ulong position = 0; ProgramFiles.Archive.TryNext(ref position, out ArchiveEntry entry);)
        {
            if (StartsWith(entry.Name, prefix)) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override long ReadTo(Process process, VirtAddrRange target) => LinuxError.IsFolder;

    /// <inheritdoc/>
    public override long WriteFrom(Process process, VirtAddrRange source) => LinuxError.BadFile;

    /// <summary>Tells of as many entries as fit (getdents64); the bytes they took, 0 at the end, or an error.</summary>
    public long List(Process process, VirtAddrRange target)
    {
        ulong done = 0;
        while (Position < (ulong)_names.Count)
        {
            byte[] entry = EntryOf((int)Position);
            if ((ulong)entry.Length > target.SizeBytes - done) return done == 0 ? LinuxError.Invalid : (long)done;
            fixed (byte* first = entry)
            {
                if (process.Memory.CopyTo(target.Start + done, first, (ulong)entry.Length) != (ulong)entry.Length) return LinuxError.BadAddress;
            }

            done += (ulong)entry.Length;
            Position++;
        }

        return (long)done;
    }

    private static string PrefixOf(string path) => path.Length == 1 ? "" : path.Substring(1) + "/";

    private static bool StartsWith(string name, string prefix)
    {
        if (name.Length <= prefix.Length) return false;
        for (int index = 0; index < prefix.Length; index++)
        {
            if (name[index] != prefix[index]) return false;
        }

        return true;
    }

    private void Add(string name, bool isFolder)
    {
        if (_names.IndexOf(name) >= 0) return;
        _names.Add(name);
        _areFolders.Add(isFolder);
    }

    private byte[] EntryOf(int index)
    {
        string name = _names[index];
        byte[] entry = new byte[(HeaderBytes + name.Length + 1 + 7) & ~7];
        string path = ProgramPath.Resolve(Path, name);
        SystemCalls.Put(entry, 0, ProgramFiles.NumberOf(path), 8);
        SystemCalls.Put(entry, 8, (ulong)index + 1, 8);
        SystemCalls.Put(entry, 16, (ulong)entry.Length, 2);
        entry[18] = _areFolders[index] ? FolderType : FileType;
        for (int at = 0; at < name.Length; at++) entry[HeaderBytes + at] = unchecked((byte)name[at]);
        return entry;
    }
}
