namespace MemOS.Memory.Virtual;

/// <summary>Takes text, character by character: the screen and serial line of a panic, a string in tests.</summary>
/// <remarks>Used as a struct type parameter; what implements it must not need <c>new</c>.</remarks>
public interface ITextSink
{
    /// <summary>Takes an ASCII character; '\n' ends a line.</summary>
    void Write(byte character);
}
