using System.Collections.Generic;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Tests.Fakes;

namespace MemOS.Tests.Mmu;

/// <summary>A kind of machine whose MMU is asked: where its memory has what, how it is started, and what its manual says of an access.</summary>
internal abstract class OracleMachine
{
    /// <summary>Its memory, which the test writes before it starts and reads after it has ended.</summary>
    public abstract FrameRange Memory { get; }

    /// <summary>Where the parameters of the stub lie.</summary>
    public abstract PhysAddr Parameters { get; }

    /// <summary>The list of probes.</summary>
    public abstract PhysAddr Probes { get; }

    /// <summary>The list of answers, and its end.</summary>
    public abstract FrameRange Answers { get; }

    /// <summary>What page tables are made of.</summary>
    public abstract FrameRange Tables { get; }

    /// <summary>What the mappings show.</summary>
    public abstract FrameRange Data { get; }

    /// <summary>Bits of an entry that the processor sets: accessed, dirty.</summary>
    public abstract ulong AccessedBit { get; }

    /// <inheritdoc cref="AccessedBit"/>
    public abstract ulong DirtyBit { get; }

    /// <summary>Whether the manual has entries at <paramref name="level"/> that point to tables marked accessed too.</summary>
    public abstract bool NotesTablesAt(int level);

    /// <summary>Whether the emulator is known to mark them although the manual does not say so.</summary>
    public virtual bool MayNoteTablesAt(int level) => NotesTablesAt(level);

    /// <summary>The bits of entries above the smallest pages', and of pages' own, that are flipped to try every combination.</summary>
    public abstract IReadOnlyList<ulong> FlippedBits { get; }

    /// <summary>The eight bytes at <paramref name="address"/>: code that returns to the stub, and the address; the highest bit is clear.</summary>
    public abstract ulong MarkAt(PhysAddr address);

    /// <summary>What the stub itself needs mapped.</summary>
    public abstract IEnumerable<(FrameRange Frames, PageFlags Flags)> OwnMappings { get; }

    /// <summary>Writes the machine's parameters.</summary>
    public abstract void WriteParameters(HostMemory memory, PhysAddr root, int probeCount);

    /// <summary>The width of the machine's physical addresses.</summary>
    public abstract int PhysicalBits { get; }

    /// <summary>What the machine itself says the width is, when it has ended.</summary>
    public abstract int ReportedPhysicalBits(HostMemory memory);

    /// <summary>What the manual says of an access at an address of which the tables say <paramref name="result"/>.</summary>
    public abstract Answer Expect(ProbeKind kind, PagingResult result, in Translation translation, IReadOnlyList<WalkStep> steps);

    /// <summary>Whether the emulator keeps to the manual when <paramref name="bit"/> is another in an entry of a level that has pages, or has none.</summary>
    public virtual bool MayFlip(ulong bit, bool hasPages) => true;

    /// <summary>Whether the tables show themselves by a recursive directory.</summary>
    public virtual bool IsRecursive => false;

    /// <summary>Whether the emulator is known to go wrong at <paramref name="address"/>.</summary>
    public virtual bool Avoids(ulong address) => false;

    /// <summary>An answer of the machine's, put right where the emulator is known not to keep to the manual.</summary>
    public virtual Answer ByTheManual(Answer answer) => answer;

    /// <summary>Whether the machine says at which address such a fault was.</summary>
    public abstract bool TellsAddress(Answer answer);

    /// <summary>Starts it on the memory in <paramref name="file"/> and waits for its end.</summary>
    public abstract void Run(string file, string folder);
}
