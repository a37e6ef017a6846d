using System;

namespace MemOS.Processes;

/// <summary>The terminal: what programs write appears there; they have nothing to read, which is the end of their input.</summary>
public sealed unsafe class TerminalFile : OpenFile
{
    private const ulong PartBytes = 256;

    /// <inheritdoc/>
    public override uint Mode => 0x2190; // S_IFCHR, rw--w----

    /// <inheritdoc/>
    public override long ReadTo(Process process, VirtAddrRange target) => 0;

    /// <inheritdoc/>
    public override long WriteFrom(Process process, VirtAddrRange source)
    {
        byte[] part = new byte[PartBytes];
        ulong done = 0;
        while (done < source.SizeBytes)
        {
            ulong wanted = source.SizeBytes - done < PartBytes ? source.SizeBytes - done : PartBytes;
            fixed (byte* first = part)
            {
                ulong copied = process.Memory.CopyFrom(first, source.Start + done, wanted);
                Console.Write(ByteText.Of(first, (int)copied));
                done += copied;
                if (copied < wanted) return done != 0 ? (long)done : LinuxError.BadAddress;
            }
        }

        return (long)done;
    }
}
