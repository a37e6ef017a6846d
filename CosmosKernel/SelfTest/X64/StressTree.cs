namespace MemOS.SelfTest;

/// <summary>An object that knows what its parts must be, and may be reached by several processors.</summary>
internal sealed class StressTree
{
    private readonly int _number;
    private readonly byte[] _bytes;

    /// <summary>A tree over two others.</summary>
    internal StressTree(int number, StressTree? left, StressTree? right, int byteCount)
    {
        _number = number;
        _bytes = new byte[byteCount + 1];
        for (int index = 0; index < _bytes.Length; index++) _bytes[index] = ByteAt(index);
        Left = left;
        Right = right;
        Depth = 1 + Max(left, right);
    }

    internal StressTree? Left { get; private set; }

    internal StressTree? Right { get; private set; }

    internal int Depth { get; }

    /// <summary>Whether it is as it was made.</summary>
    internal bool IsWell
    {
        get
        {
            for (int index = 0; index < _bytes.Length; index++)
            {
                if (_bytes[index] != ByteAt(index)) return false;
            }

            return true;
        }
    }

    /// <summary>Lets go of what is below.</summary>
    internal void Cut()
    {
        Left = null;
        Right = null;
    }

    private static int Max(StressTree? left, StressTree? right)
    {
        int leftDepth = left?.Depth ?? 0;
        int rightDepth = right?.Depth ?? 0;
        return leftDepth > rightDepth ? leftDepth : rightDepth;
    }

    private byte ByteAt(int index) => (byte)((_number * 31) + index);
}
