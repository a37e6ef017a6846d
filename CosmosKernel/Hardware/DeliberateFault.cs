using System.Runtime.CompilerServices;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>Faults committed on purpose, to see that they are noticed.</summary>
/// <remarks>A fault that goes unnoticed lets the method return. Values come through parameters and statics so that the compiler cannot see the fault.</remarks>
public static unsafe class DeliberateFault
{
    private const byte ReturnInstruction = 0xC3;

    private static int s_result;

    /// <summary>Reads the length of an array that is not there.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ReadThroughNull() => s_result = LengthOf(null);

    /// <summary>Writes a byte of the kernel's code: the one that is there already.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void WriteCode()
    {
        // SAFETY: the byte keeps its value where the write is possible.
        byte* code = (byte*)(delegate*<void>)&DoNothing;
        *code = *code;
    }

    /// <summary>Calls a return instruction that lies in memory for data.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ExecuteData()
    {
        // SAFETY: where the call is possible it returns at once.
        ulong instruction = ReturnInstruction;
        ((delegate*<void>)&instruction)();
    }

    /// <summary>Reads a byte that cannot be read.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read(VirtAddr address) => s_result = *(byte*)address.Value; // SAFETY: where it can be read, nothing happens.

    /// <summary>Calls itself until the stack is full.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OverflowStack() => s_result = Descend(1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(byte[]? array) => array!.Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DoNothing()
    {
    }

    // The sum behind the call keeps it from becoming a jump; the depth is never 0.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Descend(int depth) => depth == 0 ? s_result : Descend(depth + 1) + depth;
}
