using System.Collections.Generic;

namespace MemOS.Tests.Mmu;

/// <summary>An x86 processor in 32-bit mode with entries of 64 bits: CR4.PAE.</summary>
/// <param name="control">Further bits of CR4.</param>
/// <param name="isRecursive">Whether the tables show themselves.</param>
internal sealed class PaeOracleMachine(ulong control, bool isRecursive = false) : X86OracleMachine(control | (1UL << 5))
{
    private const int RootLevel = 2;

    public override IReadOnlyList<ulong> FlippedBits => [Present, Writable, Writable, User, User, NoExecute, NoExecute, PageSize, 1UL << 13, 1UL << 51];

    // By the manual that bit is reserved in the root's entries (table 4-8); QEMU 7.2 sets it there too.
    public override bool NotesTablesAt(int level) => level != RootLevel;

    public override bool MayNoteTablesAt(int level) => true;

    protected override string BuildStub(string folder) => X86OracleStub.Build(folder);

    // The root's entries are checked when CR3 is loaded: a broken one is a fault of that, not of an access.
    public override bool MayFlip(ulong bit, bool hasPages) => hasPages || bit == Present;

    public override bool IsRecursive => isRecursive;

    public override bool Avoids(ulong address) => address >> 32 != 0;
}
