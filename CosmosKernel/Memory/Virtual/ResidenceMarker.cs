using MemOS.Memory.Paging;
using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>Marks the pages of a range that are mapped.</summary>
internal readonly unsafe struct ResidenceMarker : IMappingVisitor
{
    private readonly PageNumber _first;
    private readonly byte* _answers;

    /// <summary>Marks a page's byte in <paramref name="answers"/>, which has one for each from <paramref name="first"/> to the end of what is visited.</summary>
    internal ResidenceMarker(PageNumber first, byte* answers)
    {
        _first = first;
        _answers = answers;
    }

    /// <inheritdoc/>
    public readonly bool Visit(in MappedRun run)
    {
        ulong at = run.Start.ContainingPage - _first;
        for (ulong page = 0; page < run.PageCount; page++) _answers[at + page] = 1; // SAFETY: the visit stays within the range.
        return true;
    }
}
