namespace MemOS.Tests.Mmu;

/// <summary>What became of an access: 0, or the fault's number; and its code, as the machine tells them.</summary>
internal readonly record struct Answer(ulong Fault, ulong Code)
{
    public static Answer Done => default;

    public override string ToString() => Fault == 0 ? "done" : $"fault {Fault}, code 0x{Code:x}";
}
