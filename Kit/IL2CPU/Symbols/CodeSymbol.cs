namespace IL2CPU.Symbols;

/// <summary>A named place in the image's code.</summary>
/// <param name="Offset">Bytes from the image's base.</param>
/// <param name="Name">The name for people.</param>
public readonly record struct CodeSymbol(uint Offset, string Name);
