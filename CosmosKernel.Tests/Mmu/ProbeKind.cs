namespace MemOS.Tests.Mmu;

/// <summary>Who does what at an address, in the order that the assembler stubs know.</summary>
internal enum ProbeKind
{
    Read = 0,
    Write,
    Execute,
    UserRead,
    UserWrite,
    UserExecute,
}

internal static class ProbeKinds
{
    public const int Count = 6;

    public static bool IsUsers(this ProbeKind kind) => kind >= ProbeKind.UserRead;

    public static bool IsRead(this ProbeKind kind) => kind is ProbeKind.Read or ProbeKind.UserRead;

    public static bool IsWrite(this ProbeKind kind) => kind is ProbeKind.Write or ProbeKind.UserWrite;

    public static bool IsExecute(this ProbeKind kind) => kind is ProbeKind.Execute or ProbeKind.UserExecute;
}
