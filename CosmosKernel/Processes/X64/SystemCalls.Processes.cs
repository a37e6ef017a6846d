using System;
using System.Collections.Generic;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <content>Processes, and what programs ask about the machine.</content>
public sealed unsafe partial class SystemCalls
{
    private const string OwnProgram = "/proc/self/exe";
    private const int KilledSignal = 9;
    private const int MostTexts = 256;
    private const ulong NoHang = 1;
    private const ulong SetFs = 0x1002;
    private const ulong SetGs = 0x1001;
    private const ulong GetFs = 0x1003;

    private long Fork(Process process, ulong stack)
    {
        Process? child = _table.TryMake(process.Id, process.Memory.Limits);
        if (child == null) return LinuxError.Again;
        if (!process.TryCopyTo(child))
        {
            _table.Bury(child);
            return LinuxError.NoMemory;
        }

        child.Context->Rax = 0;
        if (stack != 0) child.Context->Rsp = stack;
        return child.Id;
    }

    private long Exit(Process process, ulong code)
    {
        _table.End(process, (int)(code & 0xFF) << 8);
        return 0;
    }

    private long WaitFor(Process process, CallArguments call)
    {
        int wanted = unchecked((int)call.A);
        bool hasChild = false;
        for (int index = 0; index < _table.Processes.Count; index++)
        {
            Process child = _table.Processes[index];
            if (child.ParentId != process.Id || (wanted > 0 && child.Id != wanted)) continue;
            hasChild = true;
            if (child.State != ProcessState.Ended) continue;
            byte[] status = new byte[4];
            Put(status, 0, (ulong)child.ExitStatus, 4);
            if (call.B != 0 && Store(process, call.B, status) != 0) return LinuxError.BadAddress;
            int id = child.Id;
            _table.Bury(child);
            return id;
        }

        if (!hasChild) return LinuxError.NoChild;
        return (call.C & NoHang) != 0 ? 0 : Wait;
    }

    // What can be refused is refused before the old program is gone; after that there is nobody left to tell.
    private long Execute(Process process, CallArguments call)
    {
        if (!TryLoadText(process, call.A, out string path)) return LinuxError.BadAddress;
        List<string> arguments = new();
        List<string> environment = new();
        long error = LoadTexts(process, call.B, arguments);
        if (error == 0) error = LoadTexts(process, call.C, environment);
        if (error != 0) return error;
        if (!ProgramFiles.TryFind(path == OwnProgram ? process.Name : path, out ArchiveEntry file)) return LinuxError.NoFile;
        if (ElfImage.TryRead(file.Bytes, file.SizeBytes, out _) != ElfFault.None) return LinuxError.NoProgram;
        process.ClearMemory();
        error = ProgramLoader.Load(process, in file, arguments, environment, _table.NextMoves());
        if (error != 0) _table.End(process, KilledSignal);
        return (long)process.Context->Rax;
    }

    private static long LoadTexts(Process process, ulong address, List<string> texts)
    {
        for (ulong at = address; address != 0; at = unchecked(at + sizeof(ulong)))
        {
            if (!TryLoadWord(process, at, out ulong text)) return LinuxError.BadAddress;
            if (text == 0) return 0;
            if (texts.Count == MostTexts) return LinuxError.TooLong;
            if (!TryLoadText(process, text, out string loaded)) return LinuxError.BadAddress;
            texts.Add(loaded);
        }

        return 0;
    }

    private static long SetBase(Process process, ulong what, ulong value)
    {
        if (what == GetFs)
        {
            byte[] word = new byte[8];
            Put(word, 0, process.FsBase, 8);
            return Store(process, value, word);
        }

        if (!TryAddress(value, out VirtAddr address)) return -1; // EPERM
        if (what == SetFs) process.FsBase = address.Value;
        else if (what == SetGs) process.GsBase = address.Value;
        else return LinuxError.Invalid;
        return 0;
    }

    private static long Time(Process process, ulong target)
    {
        long ticks = Environment.TickCount64;
        byte[] time = new byte[16];
        Put(time, 0, (ulong)(ticks / 1000), 8);
        Put(time, 8, (ulong)(ticks % 1000 * 1_000_000), 8);
        return Store(process, target, time);
    }

    // struct sysinfo of x86-64: totalram at 32, freeram at 40, procs at 80, mem_unit at 104; 112 bytes.
    private long MachineInformation(Process process, ulong target)
    {
        byte[] machine = new byte[112];
        Put(machine, 0, (ulong)Environment.TickCount64 / 1000, 8);
        Put(machine, 32, PageNumber.BytesOf(KernelMemory.Frames.Statistics.Total), 8);
        Put(machine, 40, PageNumber.BytesOf(KernelMemory.Frames.Statistics.Free), 8);
        Put(machine, 80, (ulong)_table.Processes.Count, 2);
        Put(machine, 104, 1, 4);
        return Store(process, target, machine);
    }

    private long Random(Process process, ulong target, ulong sizeBytes)
    {
        const ulong Most = 256;
        byte[] bytes = new byte[sizeBytes < Most ? sizeBytes : Most];
        for (int at = 0; at < bytes.Length; at++) bytes[at] = unchecked((byte)(_table.NextRandom() >> 32));
        long error = Store(process, target, bytes);
        return error != 0 ? error : bytes.Length;
    }

    // struct utsname: six texts of 65 bytes.
    private static long Name(Process process, ulong target)
    {
        const int Field = 65;
        byte[] names = new byte[6 * Field];
        PutText(names, 0 * Field, "MemOS");
        PutText(names, 1 * Field, "memos");
        PutText(names, 2 * Field, "6.1.0");
        PutText(names, 3 * Field, "MemOS");
        PutText(names, 4 * Field, "x86_64");
        return Store(process, target, names);
    }

    private static void PutText(byte[] bytes, int at, string text)
    {
        for (int index = 0; index < text.Length; index++) bytes[at + index] = (byte)text[index];
    }
}
