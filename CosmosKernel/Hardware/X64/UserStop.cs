namespace MemOS.Hardware;

/// <summary>Values of <see cref="UserContext.Reason"/> beside the vectors 0 to 255.</summary>
public static class UserStop
{
    /// <summary>The program executed SYSCALL.</summary>
    public const ulong SystemCall = 256;

    /// <summary>It was stopped for something, and its registers are others now: it goes on by IRET.</summary>
    public const ulong Changed = 257;
}
