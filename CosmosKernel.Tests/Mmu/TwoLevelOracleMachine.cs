using System.Collections.Generic;

namespace MemOS.Tests.Mmu;

/// <summary>An x86 processor in 32-bit mode with entries of 32 bits and pages of 4 MiB: CR4.PSE.</summary>
/// <param name="control">Further bits of CR4.</param>
/// <param name="isRecursive">Whether the tables show themselves.</param>
internal sealed class TwoLevelOracleMachine(ulong control, bool isRecursive = false) : X86OracleMachine(control | (1UL << 4))
{
    // Bit 21 is reserved in entries of 4 MiB pages.
    public override IReadOnlyList<ulong> FlippedBits => [Present, Writable, Writable, User, User, PageSize, 1UL << 21];

    protected override string BuildStub(string folder) => X86OracleStub.Build(folder);

    protected override ulong Features => 0;

    public override bool IsRecursive => isRecursive;

    public override bool Avoids(ulong address) => address >> 32 != 0;
}
