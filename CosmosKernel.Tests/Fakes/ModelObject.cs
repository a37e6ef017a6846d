using System.Collections.Generic;

namespace MemOS.Tests.Fakes;

/// <summary>What several processes of a <see cref="UserModel"/> can show: a file's bytes, or shared ones.</summary>
public sealed class ModelObject(ulong pageCount, byte[]? file)
{
    private readonly Dictionary<(ulong Page, int At), byte> _written = [];

    public ulong PageCount { get; } = pageCount;

    public bool IsFile => file != null;

    public byte Read(ulong page, int at)
    {
        if (_written.TryGetValue((page, at), out byte value)) return value;
        ulong offset = (page * 4096) + (ulong)UserModel.Offsets[at];
        return file != null && offset < (ulong)file.Length ? file[offset] : (byte)0;
    }

    public void Write(ulong page, int at, byte value) => _written[(page, at)] = value;
}
