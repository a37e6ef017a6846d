using System;
using System.Collections.Generic;
using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <content>Processes, and what programs ask about the machine.</content>
public sealed unsafe partial class SystemCalls
{
    private const string OwnProgram = "/proc/self/exe";
    private const int MostTexts = 256;
    private const ulong SetFs = 0x1002;
    private const ulong SetGs = 0x1001;
    private const ulong GetFs = 0x1003;

    // A call that waits for its child to begin another program or end (vfork) is made again meanwhile.
    private long Fork(Process process, in CloneRequest request)
    {
        if (process.HeldBy != 0) return Held(process, _table);
        if (!request.IsKnown) return LinuxError.Invalid;
        bool isLimited = (ulong)_table.CountOf(process.UserId) >= process.Limits[ResourceKind.Processes].Soft;
        if (isLimited || _table.IsFull) return LinuxError.Again;
        Process? child = _table.TryMake(process.Id);
        if (child == null) return NoFrame();
        if (!TryBegin(process, child, in request))
        {
            _table.Bury(child);
            return NoFrame();
        }

        int id = child.Id;
        if (request.StoresInParent) Store(process, request.ParentWord, in id);
        if (request.StoresInChild) Store(child, request.ChildWord, in id);
        child.HoldsParent = request.Waits;
        _table.Start(child);
        if (!request.Waits) return id;
        process.HeldBy = child.Id;
        return Wait;
    }

    private static long Held(Process process, ProcessTable table)
    {
        Process? child = table.Find(process.HeldBy);
        if (child != null && child.HoldsParent) return Wait;
        int id = process.HeldBy;
        process.HeldBy = 0;
        return id;
    }

    private static bool TryBegin(Process process, Process child, in CloneRequest request)
    {
        try
        {
            if (request.Lends) process.LendTo(child);
            else if (!process.TryCopyTo(child)) return false;
        }
        catch (Exception exception)
        {
            ExpectShortage(exception);
            return false;
        }

        child.ExitSignal = request.ExitSignal;
        child.Context->Rax = 0;
        if (request.Stack != 0) child.Context->Rsp = request.Stack;
        if (request.SetsBase && TryAddress(request.ThreadBase, out VirtAddr threadBase)) child.FsBase = threadBase.Value;
        if (request.Clears) child.ClearedAtEnd = request.ChildWord;
        return true;
    }

    private static long SetThreadWord(Process process, ulong word)
    {
        process.ClearedAtEnd = word;
        return process.Id;
    }

    /// <summary>Writes 0 where a process wanted it at its end, for who shares its memory.</summary>
    internal void ClearThreadWord(Process process)
    {
        int nobody = 0;
        if (process.ClearedAtEnd != 0) Store(process, process.ClearedAtEnd, in nobody);
    }

    private long Exit(Process process, ulong code)
    {
        _table.End(process, (int)(code & 0xFF) << 8);
        return 0;
    }

    // What can be refused is refused before the old program is gone; after that there is nobody left to tell.
    private long Execute(Process process, CallArguments call)
    {
        long error = LoadPath(process, CurrentFolder, call.A, out string path);
        if (error != 0) return error;
        List<string> arguments = new();
        List<string> environment = new();
        error = LoadTexts(process, call.B, arguments);
        if (error == 0) error = LoadTexts(process, call.C, environment);
        if (error != 0) return error;
        if (!ProgramFiles.TryFind(path == OwnProgram ? process.Name : path, out ArchiveEntry file)) return LinuxError.NoFile;
        if (ElfImage.TryRead(file.Bytes, file.SizeBytes, out _) != ElfFault.None) return LinuxError.NoProgram;
        do
        {
            process.ClearMemory();
            error = LoadOrFail(process, in file, arguments, environment);
        }
        while (error == LinuxError.NoMemory && _table.TryMakeRoom(process));
        if (error != 0) _table.End(process, Signal.Kill);
        _table.WakeParent(process);
        return 0;
    }

    private long LoadOrFail(Process process, in ArchiveEntry file, List<string> arguments, List<string> environment)
    {
        try
        {
            return ProgramLoader.Load(process, in file, arguments, environment, _table.Random.NextWords());
        }
        catch (Exception exception)
        {
            ExpectShortage(exception);
            return LinuxError.NoMemory;
        }
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

    // prctl: a program's name for itself, cut to 15 characters, as Linux keeps it. ps shows the file's.
    private static long ControlProcess(Process process, ulong what, ulong argument)
    {
        const ulong SetName = 15;
        const ulong GetName = 16;
        const int NameBytes = 16;
        if (what == SetName)
        {
            if (!TryLoadText(process, argument, out string name)) return LinuxError.BadAddress;
            process.ThreadName = name.Length < NameBytes ? name : name.Substring(0, NameBytes - 1);
            return 0;
        }

        if (what != GetName) return LinuxError.Invalid;
        string kept = process.ThreadName.Length != 0 ? process.ThreadName : process.Name;
        byte[] bytes = new byte[NameBytes];
        PutText(bytes, 0, kept.Length < NameBytes ? kept : kept.Substring(0, NameBytes - 1));
        return Store(process, argument, bytes);
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
        for (int at = 0; at < bytes.Length; at++) bytes[at] = unchecked((byte)(_table.Random.NextWord() >> 32));
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
