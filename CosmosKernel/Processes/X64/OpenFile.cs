using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>What a number of a process can stand for: the terminal, a file of the archive, an end of a pipe.</summary>
public abstract class OpenFile
{
    /// <summary>How many numbers of processes stand for it.</summary>
    public int Users { get; private set; }

    /// <summary>Type and permissions, as stat(2) tells them.</summary>
    public abstract uint Mode { get; }

    /// <summary>Whether it was opened for reading (0), writing (1) or both (2), as fcntl(2) tells it.</summary>
    public virtual uint AccessMode => 2;

    /// <summary>The size in bytes; 0 of what has none.</summary>
    public virtual ulong SizeBytes => 0;

    /// <summary>Whether it reads and writes at a position.</summary>
    public virtual bool HasPosition => false;

    /// <summary>The position, of those that have one.</summary>
    public ulong Position { get; set; }

    /// <summary>Whether reads and writes fail that would have to wait (O_NONBLOCK).</summary>
    public bool IsNonBlocking { get; set; }

    /// <summary>What changes when more can be done without waiting, told by <see cref="FileChanges"/>; null of what never waits.</summary>
    public virtual object? Source => null;

    /// <summary>What can be done now without waiting.</summary>
    public virtual FileEvents Events => FileEvents.Readable | FileEvents.Writable;

    /// <summary>Reads bytes into a process, as many as there are; how many, or an error, or <see cref="SystemCalls.Wait"/>.</summary>
    public abstract long ReadTo(Process process, VirtAddrRange target);

    /// <summary>Writes bytes of a process; how many, or an error, or <see cref="SystemCalls.Wait"/>.</summary>
    public abstract long WriteFrom(Process process, VirtAddrRange source);

    /// <summary>What ioctl(2) asks for; a result, or an error.</summary>
    public virtual long Control(Process process, ulong request, VirtAddr argument) => LinuxError.NoTerminal;

    /// <summary>Counts one user more.</summary>
    public void AddUser() => Users++;

    /// <summary>Counts one user less; after the last one it is closed.</summary>
    public void DropUser()
    {
        Users--;
        if (Users == 0) Closed();
    }

    /// <summary>Nobody has it any more.</summary>
    protected virtual void Closed()
    {
    }
}
