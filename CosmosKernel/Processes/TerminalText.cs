namespace MemOS.Processes;

/// <summary>Turns bytes in UTF-8 into text as they come, a character cut in two by the end of a write included (Unicode 3.9, table 3-7).</summary>
public sealed class TerminalText
{
    private const char Replacement = '\uFFFD';
    private const int FirstOfTwoUnits = 0x10000;
    private const int Last = 0x10FFFF;

    private readonly System.Text.StringBuilder _text = new();
    private int _codePoint;
    private int _least;
    private int _missing;

    /// <summary>Takes a byte.</summary>
    public void Add(byte value)
    {
        if (_missing != 0 && (value & 0xC0) == 0x80)
        {
            _codePoint = _codePoint << 6 | (value & 0x3F);
            if (--_missing == 0) Finish();
            return;
        }

        if (_missing != 0) _text.Append(Replacement);
        _missing = 0;
        if (value < 0x80) _text.Append((char)value);
        else if (value is >= 0xC2 and < 0xE0) Begin(value & 0x1F, missing: 1, least: 0x80);
        else if (value is >= 0xE0 and < 0xF0) Begin(value & 0x0F, missing: 2, least: 0x800);
        else if (value is >= 0xF0 and < 0xF5) Begin(value & 0x07, missing: 3, least: FirstOfTwoUnits);
        else _text.Append(Replacement);
    }

    /// <summary>Takes the text out that is complete.</summary>
    public string Take()
    {
        string text = _text.ToString();
        _text.Clear();
        return text;
    }

    private void Begin(int bits, int missing, int least)
    {
        _codePoint = bits;
        _missing = missing;
        _least = least;
    }

    private void Finish()
    {
        bool isSurrogate = _codePoint is >= 0xD800 and < 0xE000;
        if (_codePoint < _least || _codePoint > Last || isSurrogate) _text.Append(Replacement);
        else if (_codePoint < FirstOfTwoUnits) _text.Append((char)_codePoint);
        else _text.Append(char.ConvertFromUtf32(_codePoint));
    }
}
