namespace Cosmos.Core;

/// <summary>Names of code addresses, for reports that a kernel makes itself.</summary>
public static unsafe class CodeNames
{
    /// <summary>Given an address, a buffer for ASCII and its length, and where to put the distance from the symbol; returns the name's length, 0 for none.</summary>
    public static delegate*<byte*, byte*, int, ulong*, int> Finder;

    /// <summary>Writes the name of the code at <paramref name="address"/>; allocates nothing.</summary>
    /// <param name="address">Any address.</param>
    /// <param name="buffer">Takes the name, cut off at its end.</param>
    /// <param name="capacity">The buffer's bytes.</param>
    /// <param name="offset">How far the address lies behind the symbol.</param>
    /// <returns>The bytes written; 0 when the address is in no code of the image, or no names were linked in.</returns>
    public static int Find(byte* address, byte* buffer, int capacity, ulong* offset)
    {
        *offset = 0;
        return Finder == null ? 0 : Finder(address, buffer, capacity, offset);
    }
}
