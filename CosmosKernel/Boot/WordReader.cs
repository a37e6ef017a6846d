namespace MemOS.Boot;

/// <summary>Cuts a command line into words, without quotation marks, in storage given by the caller.</summary>
/// <remarks>
/// Words end at blanks outside quotation marks (single or double, anywhere in the word). A backslash takes the next character as
/// it is: GRUB writes a word that holds a blank as <c>"exec=mem; map"</c>, with backslashes before quotation marks inside.
/// </remarks>
internal unsafe struct WordReader
{
    private readonly TextSlice _line;
    private readonly byte* _storage;
    private readonly int _storageBytes;
    private int _position;
    private int _stored;

    internal WordReader(TextSlice line, byte* storage, int storageBytes)
    {
        _line = line;
        _storage = storage;
        _storageBytes = storageBytes;
        _position = 0;
        _stored = 0;
        QuoteIsOpen = false;
        IsCut = false;
    }

    /// <summary>Whether the line ended inside quotation marks.</summary>
    internal bool QuoteIsOpen { get; private set; }

    /// <summary>Whether the storage was too small for the whole line.</summary>
    internal bool IsCut { get; private set; }

    internal bool TryRead(out TextSlice word)
    {
        while (_position < _line.Length && IsBlank(_line[_position])) _position++;

        int start = _stored;
        bool found = _position < _line.Length && !IsCut;
        int quote = 0;
        for (; _position < _line.Length && (quote != 0 || !IsBlank(_line[_position])); _position++)
        {
            byte character = _line[_position];
            if (character == '\\' && _position + 1 < _line.Length) Store(_line[++_position]);
            else if (character == quote) quote = 0;
            else if (quote == 0 && (character == '"' || character == '\'')) quote = character;
            else Store(character);
        }

        QuoteIsOpen |= quote != 0;
        word = new TextSlice(_storage + start, _stored - start);
        return found;
    }

    private static bool IsBlank(byte character) => character is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private void Store(byte character)
    {
        if (_stored == _storageBytes)
        {
            IsCut = true;
            return;
        }

        _storage[_stored++] = character; // SAFETY: checked just above.
    }
}
