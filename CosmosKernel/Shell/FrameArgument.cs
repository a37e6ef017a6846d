using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>Frames as they are typed: a number, <c>F#</c> and hexadecimal digits, or an address behind <c>P:</c>.</summary>
public static class FrameArgument
{
    private const string FramePrefix = "F#";
    private const string AddressPrefix = "P:";

    /// <summary>Reads <paramref name="text"/>; false when it names no frame that a physical address can reach.</summary>
    public static bool TryParse(string text, out FrameNumber frame)
    {
        frame = default;
        if (NumberText.HasPrefix(text, AddressPrefix))
        {
            if (!NumberText.TryParse(text.Substring(AddressPrefix.Length), out ulong value) || !PhysAddr.TryCreate(value, out PhysAddr address)) return false;
            frame = address.ContainingFrame;
            return true;
        }

        bool isNumber = NumberText.HasPrefix(text, FramePrefix)
            ? NumberText.TryParseDigits(text, FramePrefix.Length, 16, out ulong number)
            : NumberText.TryParse(text, out number);
        return isNumber && FrameNumber.TryCreate(number, out frame);
    }
}
