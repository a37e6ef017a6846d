namespace MemOS.Processes;

/// <summary>An end of a pipe. A read waits for bytes while someone can write; a write waits for room while someone can read.</summary>
public sealed unsafe class PipeEnd : OpenFile
{
    private readonly Pipe _pipe;
    private readonly bool _isWriter;

    private PipeEnd(Pipe pipe, bool isWriter)
    {
        _pipe = pipe;
        _isWriter = isWriter;
    }

    /// <inheritdoc/>
    public override uint Mode => 0x1180; // S_IFIFO, rw-------

    /// <inheritdoc/>
    public override uint AccessMode => _isWriter ? 1u : 0;

    /// <inheritdoc/>
    public override object? Source => _pipe;

    /// <inheritdoc/>
    public override FileEvents Events
    {
        get
        {
            if (!_isWriter) return (_pipe.Count != 0 ? FileEvents.Readable : FileEvents.None) | (_pipe.HasWriter ? FileEvents.None : FileEvents.HungUp);
            return _pipe.HasReader ? _pipe.Count == 0 ? FileEvents.Writable : FileEvents.None : FileEvents.Writable | FileEvents.Broken;
        }
    }

    /// <summary>The end to read from.</summary>
    public static PipeEnd Reader(Pipe pipe) => new(pipe, isWriter: false);

    /// <summary>The end to write to.</summary>
    public static PipeEnd Writer(Pipe pipe) => new(pipe, isWriter: true);

    /// <inheritdoc/>
    public override long ReadTo(Process process, VirtAddrRange target)
    {
        if (_isWriter) return LinuxError.BadFile;
        if (target.SizeBytes == 0) return 0;
        if (_pipe.Count == 0) return _pipe.HasWriter ? SystemCalls.Wait : 0;
        int count = target.SizeBytes < (ulong)_pipe.Count ? (int)target.SizeBytes : _pipe.Count;
        byte[] part = new byte[count];
        for (int index = 0; index < count; index++) part[index] = _pipe[index];
        ulong copied;
        fixed (byte* first = part) copied = process.Memory.CopyTo(target.Start, first, (ulong)count);
        _pipe.Drop((int)copied);
        FileChanges.Add(_pipe);
        return copied != 0 ? (long)copied : LinuxError.BadAddress;
    }

    /// <inheritdoc/>
    public override long WriteFrom(Process process, VirtAddrRange source)
    {
        if (!_isWriter) return LinuxError.BadFile;
        if (!_pipe.HasReader) return LinuxError.BrokenPipe;
        if (source.SizeBytes == 0) return 0;
        // What fits at once is not torn apart; of more, what there is room for is taken.
        int wanted = source.SizeBytes < Pipe.CapacityBytes ? (int)source.SizeBytes : Pipe.CapacityBytes;
        if (_pipe.Room < (source.SizeBytes <= Pipe.CapacityBytes ? wanted : 1)) return SystemCalls.Wait;
        if (wanted > _pipe.Room) wanted = _pipe.Room;
        byte[] part = new byte[wanted];
        ulong copied;
        fixed (byte* first = part) copied = process.Memory.CopyFrom(first, source.Start, (ulong)wanted);
        for (int index = 0; index < (int)copied; index++) _pipe.Put(part[index]);
        FileChanges.Add(_pipe);
        return copied != 0 ? (long)copied : LinuxError.BadAddress;
    }

    /// <inheritdoc/>
    protected override void Closed()
    {
        if (_isWriter) _pipe.HasWriter = false;
        else _pipe.HasReader = false;
        FileChanges.Add(_pipe);
    }
}
