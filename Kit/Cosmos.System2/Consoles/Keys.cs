using System;

namespace Cosmos.System.Consoles;

/// <summary>Which key of a US keyboard makes a character.</summary>
public static class Keys
{
    /// <summary>The key that makes <paramref name="character"/>, shifted or not; 0 when none does.</summary>
    public static ConsoleKey ForCharacter(char character) => character switch
    {
        >= 'a' and <= 'z' => ConsoleKey.A + (character - 'a'),
        >= 'A' and <= 'Z' => ConsoleKey.A + (character - 'A'),
        >= '0' and <= '9' => ConsoleKey.D0 + (character - '0'),
        ' ' => ConsoleKey.Spacebar,
        '\r' or '\n' => ConsoleKey.Enter,
        '\b' or '\x7F' => ConsoleKey.Backspace,
        '\t' => ConsoleKey.Tab,
        '\u001B' => ConsoleKey.Escape,
        '-' or '_' => ConsoleKey.OemMinus,
        '=' or '+' => ConsoleKey.OemPlus,
        '[' or '{' => ConsoleKey.Oem4,
        ']' or '}' => ConsoleKey.Oem6,
        ';' or ':' => ConsoleKey.Oem1,
        '\'' or '"' => ConsoleKey.Oem7,
        '`' or '~' => ConsoleKey.Oem3,
        '\\' or '|' => ConsoleKey.Oem5,
        ',' or '<' => ConsoleKey.OemComma,
        '.' or '>' => ConsoleKey.OemPeriod,
        '/' or '?' => ConsoleKey.Oem2,
        '!' => ConsoleKey.D1,
        '@' => ConsoleKey.D2,
        '#' => ConsoleKey.D3,
        '$' => ConsoleKey.D4,
        '%' => ConsoleKey.D5,
        '^' => ConsoleKey.D6,
        '&' => ConsoleKey.D7,
        '*' => ConsoleKey.D8,
        '(' => ConsoleKey.D9,
        ')' => ConsoleKey.D0,
        _ => default,
    };
}
