using System;

namespace Cosmos.System.Consoles;

/// <summary>One place of a text screen: a character and its two colours.</summary>
public readonly struct Cell : IEquatable<Cell>
{
    /// <summary>Creates a cell.</summary>
    public Cell(char character, byte colours)
    {
        Character = character;
        Colours = colours;
    }

    /// <summary>The character.</summary>
    public char Character { get; }

    /// <summary>Foreground in bits 0–3, background in bits 4–7, each a <see cref="ConsoleColor"/>: VGA's attribute has the same order.</summary>
    public byte Colours { get; }

    /// <inheritdoc/>
    public bool Equals(Cell other) => Character == other.Character && Colours == other.Colours;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Cell other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (Character << 8) | Colours;
}
