using System.Text;

namespace Cosmos.Build.Machines;

/// <summary>Turns a terminal's stream into text: escape sequences and carriage returns are dropped, across chunks too.</summary>
public sealed class AnsiFilter
{
    private enum State
    {
        Text,
        Escape,
        ControlSequence,
        Charset,
    }

    private State _state;

    public string Filter(string chunk)
    {
        StringBuilder text = new(chunk.Length);
        foreach (char c in chunk)
        {
            _state = _state switch
            {
                State.Text when c == '\e' => State.Escape,
                State.Text => Keep(text, c),
                State.Escape when c == '[' => State.ControlSequence,
                State.Escape when c is '(' or ')' => State.Charset,
                State.ControlSequence when c is < '@' or > '~' => State.ControlSequence,
                _ => State.Text,
            };
        }

        return text.ToString();
    }

    private static State Keep(StringBuilder text, char c)
    {
        if (c is '\n' or '\t' || !char.IsControl(c))
        {
            text.Append(c);
        }

        return State.Text;
    }
}
