using System.Collections.Generic;

namespace MemOS.Tests.Mmu;

/// <summary>An x86-64 processor in long mode.</summary>
/// <param name="control">Bits of CR4.</param>
internal sealed class X64OracleMachine(ulong control) : X86OracleMachine(control)
{
    /// <summary>CR4.LA57.</summary>
    public const ulong FiveLevels = 1UL << 12;

    // Reserved are PS in upper levels, address bits of large pages, the highest of physical addresses.
    public override IReadOnlyList<ulong> FlippedBits => [Present, Writable, Writable, User, User, NoExecute, NoExecute, PageSize, 1UL << 13, 1UL << 51];

    protected override string BuildStub(string folder) => X64OracleStub.Build(folder);
}
