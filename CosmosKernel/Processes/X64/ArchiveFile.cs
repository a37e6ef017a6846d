namespace MemOS.Processes;

/// <summary>A file of the archive.</summary>
public sealed unsafe class ArchiveFile : OpenFile
{
    /// <summary>Opens <paramref name="entry"/> at its beginning.</summary>
    public ArchiveFile(in ArchiveEntry entry) => Entry = entry;

    /// <summary>The file.</summary>
    public ArchiveEntry Entry { get; }

    /// <inheritdoc/>
    public override uint Mode => 0x816D; // S_IFREG, r-xr-xr-x

    /// <inheritdoc/>
    public override uint AccessMode => 0;

    /// <inheritdoc/>
    public override ulong SizeBytes => Entry.SizeBytes;

    /// <inheritdoc/>
    public override bool HasPosition => true;

    /// <inheritdoc/>
    public override long ReadTo(Process process, VirtAddrRange target)
    {
        if (Position >= Entry.SizeBytes) return 0;
        ulong left = Entry.SizeBytes - Position;
        ulong count = target.SizeBytes < left ? target.SizeBytes : left;
        ulong copied = process.Memory.CopyTo(target.Start, Entry.Bytes + Position, count); // SAFETY: up to the file's end.
        if (copied == 0 && count != 0) return LinuxError.BadAddress;
        Position += copied;
        return (long)copied;
    }

    /// <inheritdoc/>
    public override long WriteFrom(Process process, VirtAddrRange source) => LinuxError.BadFile;
}
