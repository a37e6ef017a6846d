namespace MemOS.Processes;

/// <summary>/dev/null: nothing to read, and what is written is gone.</summary>
public sealed class NullFile : OpenFile
{
    /// <inheritdoc/>
    public override uint Mode => 0x21B6; // S_IFCHR, rw-rw-rw-

    /// <inheritdoc/>
    public override long ReadTo(Process process, VirtAddrRange target) => 0;

    /// <inheritdoc/>
    public override long WriteFrom(Process process, VirtAddrRange source) => (long)source.SizeBytes;
}
