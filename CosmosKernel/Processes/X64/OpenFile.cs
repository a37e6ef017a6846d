namespace MemOS.Processes;

/// <summary>What a number of a process can stand for: the terminal, a file of the archive, an end of a pipe.</summary>
public abstract class OpenFile
{
    /// <summary>How many numbers of processes stand for it.</summary>
    public int Users { get; private set; }

    /// <summary>Type and permissions, as stat(2) tells them.</summary>
    public abstract uint Mode { get; }

    /// <summary>The size in bytes; 0 of what has none.</summary>
    public virtual ulong SizeBytes => 0;

    /// <summary>Whether it reads and writes at a position.</summary>
    public virtual bool HasPosition => false;

    /// <summary>The position, of those that have one.</summary>
    public ulong Position { get; set; }

    /// <summary>Reads bytes into a process, as many as there are; how many, or an error, or <see cref="SystemCalls.Wait"/>.</summary>
    public abstract long ReadTo(Process process, VirtAddrRange target);

    /// <summary>Writes bytes of a process; how many, or an error, or <see cref="SystemCalls.Wait"/>.</summary>
    public abstract long WriteFrom(Process process, VirtAddrRange source);

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
