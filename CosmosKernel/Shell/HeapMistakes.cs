using System;
using System.Globalization;
using MemOS.Memory.Heap;
using MemOS.Primitives;

namespace MemOS.Shell;

/// <summary>Mistakes with blocks, made on purpose with a block of their own: to see what a checking heap says of them, and what a plain one does.</summary>
public sealed class HeapMistakes
{
    private const uint SizeBytes = 100;
    private const byte Written = 0x41;

    // Those up to the third damage, without red zones, what is somebody else's.
    private static readonly string[] s_names = { "overflow", "underflow", "use-after-free", "double-free", "interior-free", "foreign-free", "wrong-size", "leak" };

    private const int OnlyCheckedCount = 3;

    private readonly IHeapView _heap;

    /// <summary>Creates them over <paramref name="heap"/>.</summary>
    public HeapMistakes(IHeapView heap)
    {
        _heap = heap;
    }

    /// <summary>The mistakes.</summary>
    public static string Names => string.Join(", ", s_names);

    /// <summary>Makes the mistake that the second argument names.</summary>
    public CommandResult Run(ITerminal terminal, string[] arguments)
    {
        int mistake = arguments.Length == 2 ? Array.IndexOf(s_names, arguments[1]) : -1;
        if (mistake < 0) return CommandResult.Failed("heap try what? " + Names);
        if (mistake < OnlyCheckedCount && _heap.Watch != HeapWatch.Checked) return CommandResult.Failed("only with heap.check=on: it would damage other blocks");
        HeapFreeResult result = Commit(mistake);
        terminal.WriteLine(s_names[mistake] + " of " + SizeBytes.ToString(CultureInfo.InvariantCulture) + " bytes: " + result.Description());
        return CommandResult.Ok;
    }

    /// <summary>How many mistakes there are.</summary>
    public static int Count => s_names.Length;

    /// <summary>The first mistake that a heap without red zones names, too.</summary>
    public static int FirstNamedAlways => OnlyCheckedCount;

    /// <summary>What a heap says of a mistake, where it looks closely enough; Ok for the leak, which is no free.</summary>
    public static HeapFreeResult Expected(int mistake)
    {
        switch (mistake)
        {
            case 0: return HeapFreeResult.Overflow;
            case 1: return HeapFreeResult.Underflow;
            case 2: return HeapFreeResult.UseAfterFree;
            case 3: return HeapFreeResult.DoubleFree;
            case 4: return HeapFreeResult.Interior;
            case 5: return HeapFreeResult.Foreign;
            case 6: return HeapFreeResult.WrongSize;
            default: return HeapFreeResult.Ok;
        }
    }

    /// <summary>Makes a mistake and returns what the heap says when the block is freed, or when all blocks are looked at.</summary>
    public HeapFreeResult Commit(int mistake)
    {
        nuint block = _heap.Allocate(SizeBytes);
        HeapFreeResult expected = Expected(mistake);
        if (block == 0 || expected == HeapFreeResult.Ok) return HeapFreeResult.Ok;
        if (expected == HeapFreeResult.Overflow) WriteAt(block + SizeBytes);
        if (expected == HeapFreeResult.Underflow) WriteAt(block - 1);
        if (expected == HeapFreeResult.Interior) return FreeTwo(block, block + (SizeBytes / 2));
        if (expected == HeapFreeResult.Foreign) return FreeTwo(block, sizeof(ulong));
        HeapFreeResult result = expected == HeapFreeResult.WrongSize ? _heap.Free(block, SizeBytes * 2) : HeapFreeResult.Ok;
        HeapFreeResult freed = _heap.Free(block);
        if (expected == HeapFreeResult.DoubleFree) return _heap.Free(block);
        if (expected != HeapFreeResult.UseAfterFree) return result == HeapFreeResult.Ok ? freed : result;
        WriteAt(block + 1);
        return _heap.Check() == 0 ? HeapFreeResult.Ok : HeapFreeResult.UseAfterFree;
    }

    private void WriteAt(nuint place) => _heap.Write(VirtAddr.FromTrusted(place), Written);

    private HeapFreeResult FreeTwo(nuint block, nuint wrong)
    {
        HeapFreeResult result = _heap.Free(wrong);
        _heap.Free(block);
        return result;
    }
}
