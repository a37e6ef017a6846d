using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using MemOS.Primitives;

namespace MemOS.Lab.Paging;

/// <summary>A file with a machine's memory, open for reading.</summary>
internal sealed unsafe class MemoryImage : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    /// <summary>Opens the file at <paramref name="path"/>, whose first byte has the address <paramref name="start"/>.</summary>
    public MemoryImage(string path, PhysAddr start)
    {
        ulong sizeBytes = (ulong)new FileInfo(path).Length;
        if (sizeBytes == 0) throw new LabException($"{path} is empty");
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes); // SAFETY: released in Dispose, and not used after that.
        Memory = new ImageMemory(_bytes, sizeBytes, start);
    }

    public ImageMemory Memory { get; }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
