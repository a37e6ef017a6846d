using System.Text;

namespace MemOS.Boot;

/// <summary>A piece of ASCII text in memory that somebody else keeps: what strings are before the heap is there.</summary>
public readonly unsafe struct TextSlice
{
    private readonly byte* _text;

    /// <summary>The <paramref name="length"/> bytes at <paramref name="text"/>.</summary>
    public TextSlice(byte* text, int length)
    {
        _text = text;
        Length = length;
    }

    /// <summary>The first byte.</summary>
    public byte* Text => _text;

    /// <summary>The number of bytes.</summary>
    public int Length { get; }

    /// <summary>Whether there is no byte in it.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The byte at <paramref name="index"/>, which the caller knows to be below <see cref="Length"/>.</summary>
    public byte this[int index] => _text[index]; // SAFETY: the caller's index.

    /// <summary>The bytes [<paramref name="start"/>, <paramref name="end"/>), both within the slice.</summary>
    public TextSlice Slice(int start, int end) => new(_text + start, end - start);

    /// <summary>The index of the first <paramref name="wanted"/>, or -1.</summary>
    public int IndexOf(byte wanted)
    {
        for (int i = 0; i < Length; i++)
        {
            if (_text[i] == wanted) return i;
        }

        return -1;
    }

    /// <summary>Whether the slice is exactly the characters of <paramref name="text"/>.</summary>
    public bool Is(string text)
    {
        if (text.Length != Length) return false;
        for (int i = 0; i < Length; i++)
        {
            if (text[i] != _text[i]) return false;
        }

        return true;
    }

    /// <summary>Reads a decimal number, or a hexadecimal one after 0x; false when it is neither or too large.</summary>
    public bool TryParse(out ulong number)
    {
        number = 0;
        bool hexadecimal = Length > 2 && _text[0] == '0' && (_text[1] | 0x20) == 'x';
        ulong radix = hexadecimal ? 16UL : 10UL;
        if (IsEmpty) return false;
        for (int i = hexadecimal ? 2 : 0; i < Length; i++)
        {
            ulong digit = DigitOf(_text[i]);
            if (digit >= radix || number > (ulong.MaxValue - digit) / radix) return false;
            number = number * radix + digit;
        }

        return true;
    }

    /// <summary>The text as a string; needs the heap.</summary>
    public override string ToString() => Length == 0 ? "" : Encoding.ASCII.GetString(_text, Length);

    private static ulong DigitOf(byte character)
    {
        if (character is >= (byte)'0' and <= (byte)'9') return (ulong)(character - '0');
        int letter = character | 0x20;
        return letter is >= 'a' and <= 'f' ? (ulong)(letter - 'a' + 10) : ulong.MaxValue;
    }
}
