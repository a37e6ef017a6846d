using MemOS.Shell;

namespace MemOS.Lab;

/// <summary>Numbers and addresses as the shell takes and prints them: decimal, hexadecimal behind 0x, and <c>P:</c> or <c>V:</c> before it.</summary>
internal static class LabNumber
{
    private const int TagLength = 2;

    /// <exception cref="LabException">It is no number of 64 bits.</exception>
    public static ulong Parse(string text)
    {
        bool isTagged = text.StartsWith("P:", System.StringComparison.Ordinal) || text.StartsWith("V:", System.StringComparison.Ordinal);
        return NumberText.TryParse(isTagged ? text[TagLength..] : text, out ulong number)
            ? number
            : throw new LabException($"'{text}' is not an address");
    }
}
