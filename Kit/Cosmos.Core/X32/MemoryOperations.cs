namespace Cosmos.Core;

/// <summary>Fills and copies, as the installed kit knows them: signatures to compile against, without bodies.</summary>
public unsafe class MemoryOperations
{
    /// <summary>Fills bytes with the four of a word, over and over.</summary>
    public static void Fill(byte* aDest, int aValue, int aSize) => throw null!;

    /// <summary>Fills words.</summary>
    public static void Fill(uint* dest, uint value, int size) => throw null!;

    /// <summary>Copies bytes.</summary>
    public static void Copy(byte* dest, byte* src, int size) => throw null!;
}
