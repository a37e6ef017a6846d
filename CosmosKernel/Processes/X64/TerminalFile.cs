using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>The terminal as a file: /dev/tty, and what programs begin with as 0, 1 and 2.</summary>
public sealed class TerminalFile : OpenFile
{
    /// <inheritdoc/>
    public override uint Mode => 0x2190; // S_IFCHR, rw--w----

    /// <inheritdoc/>
    public override object? Source => Terminal.Live;

    /// <inheritdoc/>
    public override FileEvents Events => Terminal.Live.HasInput ? FileEvents.Readable | FileEvents.Writable : FileEvents.Writable;

    /// <inheritdoc/>
    public override long ReadTo(Process process, VirtAddrRange target) => Terminal.Live.Read(process, target);

    /// <inheritdoc/>
    public override long WriteFrom(Process process, VirtAddrRange source) => Terminal.Live.Write(process, source);

    /// <inheritdoc/>
    public override long Control(Process process, ulong request, VirtAddr argument) => Terminal.Live.Control(process, request, argument);
}
