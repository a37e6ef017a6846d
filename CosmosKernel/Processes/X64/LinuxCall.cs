namespace MemOS.Processes;

/// <summary>The numbers of Linux's system calls on x86-64 that are served (syscall_64.tbl).</summary>
internal static class LinuxCall
{
    internal const ulong Read = 0;
    internal const ulong Write = 1;
    internal const ulong Open = 2;
    internal const ulong Close = 3;
    internal const ulong FStat = 5;
    internal const ulong LSeek = 8;
    internal const ulong MMap = 9;
    internal const ulong MProtect = 10;
    internal const ulong MUnmap = 11;
    internal const ulong Brk = 12;
    internal const ulong SigAction = 13;
    internal const ulong SigProcMask = 14;
    internal const ulong IoCtl = 16;
    internal const ulong ReadV = 19;
    internal const ulong WriteV = 20;
    internal const ulong Pipe = 22;
    internal const ulong SchedYield = 24;
    internal const ulong MRemap = 25;
    internal const ulong MInCore = 27;
    internal const ulong MAdvise = 28;
    internal const ulong Dup2 = 33;
    internal const ulong NanoSleep = 35;
    internal const ulong GetPid = 39;
    internal const ulong Clone = 56;
    internal const ulong Fork = 57;
    internal const ulong VFork = 58;
    internal const ulong ExecVe = 59;
    internal const ulong Exit = 60;
    internal const ulong Wait4 = 61;
    internal const ulong Kill = 62;
    internal const ulong UName = 63;
    internal const ulong FCntl = 72;
    internal const ulong GetCwd = 79;
    internal const ulong ReadLink = 89;
    internal const ulong SysInfo = 99;
    internal const ulong GetUid = 102;
    internal const ulong GetGid = 104;
    internal const ulong GetEUid = 107;
    internal const ulong GetEGid = 108;
    internal const ulong GetPPid = 110;
    internal const ulong ArchPrCtl = 158;
    internal const ulong GetTid = 186;
    internal const ulong SetTidAddress = 218;
    internal const ulong ClockGetTime = 228;
    internal const ulong ClockNanoSleep = 230;
    internal const ulong ExitGroup = 231;
    internal const ulong OpenAt = 257;
    internal const ulong FStatAt = 262;
    internal const ulong Pipe2 = 293;
    internal const ulong PrLimit64 = 302;
    internal const ulong GetRandom = 318;
}
