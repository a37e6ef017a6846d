using System.Collections.Generic;
using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>Puts a program into a process that has no memory yet, with its arguments on its stack (x86-64 psABI 3.4.1).</summary>
public static unsafe class ProgramLoader
{
    private const ulong FirstStackPages = 4;
    private const ulong PageBytes = PageNumber.SizeBytes;

    /// <summary>Loads <paramref name="file"/> and sets the registers to its beginning; an error of <see cref="LinuxError"/>, or 0.</summary>
    public static long Load(Process process, in ArchiveEntry file, List<string> arguments, List<string> environment, in UserMoves random)
    {
        ElfFault fault = ElfImage.TryRead(file.Bytes, file.SizeBytes, out ElfImage image);
        if (fault != ElfFault.None) return fault == ElfFault.WritableAndExecutable ? LinuxError.AccessDenied : LinuxError.NoProgram;
        MemoryObject* backing = ProgramFiles.ObjectOf(in file);
        if (backing == null) return LinuxError.NoMemory;
        ulong bias = image.IsMovable ? process.Places.Image.Start.Value : 0;
        long error = MapSegments(process, in image, backing, bias, out ulong end);
        if (error == 0) error = MapStack(process);
        if (error != 0) return error;

        PageNumber heap = PageNumber.FromTrusted(PageNumber.CountFor(end)) + process.Places.HeapGapPages;
        process.Memory.SetBreakStart(heap.Start);
        ulong top = process.Places.StackTop.Start.Value;
        if (!ProgramStack.TryWrite(process, in image, bias, file.Name, arguments, environment, in random, top, out ulong stack)) return LinuxError.TooLong;
        process.BeginProgram();
        process.ResetRegisters();
        process.Context->Rip = bias + image.Entry;
        process.Context->Rsp = stack;
        process.Name = file.Name;
        return 0;
    }

    private static long MapSegments(Process process, in ElfImage image, MemoryObject* backing, ulong bias, out ulong end)
    {
        end = 0;
        for (int index = 0; index < image.HeaderEntries; index++)
        {
            if (!image.TryGetSegment(index, out ElfSegment segment)) continue;
            UserError error = MapSegment(process, in segment, backing, bias);
            if (error != UserError.None) return -(long)error;
            if (bias + segment.End > end) end = bias + segment.End;
        }

        return 0;
    }

    // The file's pages first; what is behind its bytes in the last of them is cleared, and pages of zeros follow.
    private static UserError MapSegment(Process process, in ElfSegment segment, MemoryObject* backing, ulong bias)
    {
        ulong start = bias + segment.Start;
        ulong skew = start & (PageBytes - 1);
        ulong shownBytes = PageNumber.BytesOf(PageNumber.CountFor(skew + segment.FileBytes));
        VirtAddr first = VirtAddr.FromTrusted(start - skew);
        UserError error = UserError.None;
        if (segment.FileBytes != 0)
        {
            MapRequest bytes = new(
                first, Placement.FixedIfFree, shownBytes, AreaKind.FilePrivate, segment.Access, backing, (segment.FileOffset - skew) >> PageNumber.Shift);
            error = process.Memory.Map(in bytes, out _);
        }
        else
        {
            shownBytes = 0;
        }

        ulong allBytes = PageNumber.BytesOf(PageNumber.CountFor(skew + segment.SizeBytes));
        if (error == UserError.None && allBytes > shownBytes)
        {
            MapRequest zeros = new(first + shownBytes, Placement.FixedIfFree, allBytes - shownBytes, AreaKind.Private, segment.Access, null, 0);
            error = process.Memory.Map(in zeros, out _);
        }

        ulong tailBytes = shownBytes - (segment.FileBytes == 0 ? 0 : skew + segment.FileBytes);
        bool hasTail = tailBytes != 0 && (segment.Access & AreaAccess.Write) != 0;
        if (error == UserError.None && hasTail && process.Memory.Zero(VirtAddr.FromTrusted(start + segment.FileBytes), tailBytes) != tailBytes)
            error = UserError.NoMemory;
        return error;
    }

    private static long MapStack(Process process)
    {
        PageNumber top = process.Places.StackTop;
        MapRequest stack = new((top - FirstStackPages).Start, Placement.FixedIfFree, PageNumber.BytesOf(FirstStackPages), AreaKind.Stack, AreaAccess.Read | AreaAccess.Write, null, 0);
        return -(long)process.Memory.Map(in stack, out _);
    }
}
