using System;
using System.IO;
using System.Threading;

namespace Cosmos.Build.Shells;

/// <summary>The right to run one machine: a locked file, which the operating system unlocks whatever becomes of its holder.</summary>
internal sealed class MachineSlot : IDisposable
{
    private static readonly int s_count = Math.Max(2, Environment.ProcessorCount / 2);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private MachineSlot(FileStream file) => _file = file;

    /// <summary>Waits for a free slot.</summary>
    public static MachineSlot Take()
    {
        while (true)
        {
            for (int index = 0; index < s_count; index++)
            {
                if (TryLock(index) is FileStream file)
                {
                    return new MachineSlot(file);
                }
            }

            Thread.Sleep(s_retry);
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? TryLock(int index)
    {
        string path = Path.Combine(Path.GetTempPath(), $"memos-machine-{Environment.UserName}-{index}.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
