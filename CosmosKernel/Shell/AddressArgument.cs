using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>Virtual addresses as they are typed: a number, or one behind <c>V:</c>.</summary>
public static class AddressArgument
{
    private const string Prefix = "V:";

    /// <summary>Reads <paramref name="text"/>; false when it is no number of 64 bits. Whether tables can map the address is theirs to say.</summary>
    public static bool TryParse(string text, out VirtAddr address)
    {
        string number = NumberText.HasPrefix(text, Prefix) ? text.Substring(Prefix.Length) : text;
        bool isNumber = NumberText.TryParse(number, out ulong value);
        address = VirtAddr.FromTrusted(value);
        return isNumber;
    }
}
