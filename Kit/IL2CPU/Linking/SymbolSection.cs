using System.Collections.Generic;
using System.Linq;
using IL2CPU.Symbols;

namespace IL2CPU.Linking;

/// <summary>Makes the section <c>.ksyms</c> from a linked image.</summary>
public static class SymbolSection
{
    private const string Section = ".ksyms";

    /// <summary>The table of the code symbols of <paramref name="image"/>.</summary>
    public static byte[] Create(ElfFile image, KnownNames known)
    {
        Demangler demangler = new(known);
        List<ElfSymbol> code = image.CodeSymbols()
            .Where(s => s.Address >= image.ImageBase && s.Name.Length > 0 && (s.IsFunction || s.IsGlobal)).ToList();
        ulong end = code.Count == 0 ? image.ImageBase : code.Max(s => s.Address + System.Math.Max(s.Size, 1));
        IEnumerable<CodeSymbol> named = code
            .OrderBy(s => s.Address).ThenBy(Rank).ThenBy(s => s.Name, System.StringComparer.Ordinal)
            .Select(s => new CodeSymbol(checked((uint)(s.Address - image.ImageBase)), demangler.Demangle(s.Name)));
        return SymbolTableWriter.Write(image.ImageBase, checked((uint)(end - image.ImageBase)), named);
    }

    /// <summary>The NASM source of the section with the bytes of <paramref name="tableFile"/>, or of none.</summary>
    public static string Source(string? tableFile)
    {
        string content = tableFile is null ? "" : $"incbin \"{tableFile}\"\n";
        return $"; The table of code symbols.\nsection {Section} progbits alloc noexec nowrite align=8\n{content}";
    }

    /// <summary>The code symbols whose addresses differ between two links, by name.</summary>
    public static IReadOnlyList<string> Moved(ElfFile first, ElfFile second)
    {
        HashSet<(string, ulong)> before = first.CodeSymbols().Select(s => (s.Name, s.Address)).ToHashSet();
        return second.CodeSymbols().Where(s => !before.Contains((s.Name, s.Address))).Select(s => s.Name).ToList();
    }

    /// <summary>Of several names for one address a method's own comes before those of exports and labels.</summary>
    private static int Rank(ElfSymbol symbol)
    {
        return symbol.Name.Contains("__", System.StringComparison.Ordinal) && symbol.IsFunction ? 0 : symbol.IsFunction ? 1 : 2;
    }
}
