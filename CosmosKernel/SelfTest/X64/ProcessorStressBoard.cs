using System.Threading;
using MemOS.Memory.Paging;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>What the workers of <see cref="ProcessorStress"/> share: letters to each other, the pages that they watch, and whether all is well.</summary>
internal sealed unsafe class ProcessorStressBoard
{
    /// <summary>Letters that can be under way from one worker to another.</summary>
    internal const int LettersEach = 4;

    /// <summary>Pages of the shared address space that each worker changes.</summary>
    internal const int WatchedPages = 64;

    /// <summary>Pages of the kernel's half that each worker lets the others read.</summary>
    internal const int PublishedPages = 8;

    /// <summary>Objects that any worker may replace.</summary>
    internal const int SharedTrees = 64;

    private ulong* _words;
    private UserSpace* _space;
    private string? _failure;
    private int _isEnding;

    /// <summary>A board for so many workers.</summary>
    internal ProcessorStressBoard(int workers) => Workers = workers;

    /// <summary>How many workers there are.</summary>
    internal int Workers { get; }

    /// <summary>Whether nothing is wrong.</summary>
    internal bool IsWell => Volatile.Read(ref _failure) is null;

    /// <summary>The first thing that is wrong.</summary>
    internal string? Failure => Volatile.Read(ref _failure);

    /// <summary>Whether all are to come to an end.</summary>
    internal bool IsEnding => Volatile.Read(ref _isEnding) != 0 || !IsWell;

    /// <summary>Objects that all put there, take and look through.</summary>
    internal StressTree?[] Trees { get; } = new StressTree?[SharedTrees];

    /// <summary>An address space that all load.</summary>
    internal UserSpace* Space => _space;

    /// <summary>Takes what it needs; false when there is no memory.</summary>
    internal bool TryPrepare()
    {
        int words = (Workers * Workers * LettersEach) + (Workers * (WatchedPages + PublishedPages));
        _words = (ulong*)KernelMemory.Heap.AllocateZeroed((nuint)(words * sizeof(ulong)));
        _space = (UserSpace*)KernelMemory.Heap.AllocateZeroed((nuint)sizeof(UserSpace));
        if (_words != null && _space != null && KernelMemory.TryCreateSpace(out *_space)) return true;
        KernelMemory.Heap.Free(_words);
        KernelMemory.Heap.Free(_space);
        return false;
    }

    /// <summary>Gives it back; nobody uses the board any more.</summary>
    internal void Destroy()
    {
        for (int tree = 0; tree < SharedTrees; tree++) Trees[tree] = null;
        KernelMemory.Space.Load();
        LeftPages left = default;
        _space->Destroy(ref left);
        if (left.Count != 0) Fail(left.Count.ToString() + " pages are left in the shared space");
        KernelMemory.Heap.Free(_space);
        KernelMemory.Heap.Free(_words);
    }

    /// <summary>Asks all to come to an end.</summary>
    internal void AskToEnd() => Volatile.Write(ref _isEnding, 1);

    /// <summary>Notes what is wrong, if it is the first thing.</summary>
    internal void Fail(string what) => Interlocked.CompareExchange(ref _failure, what, null);

    /// <summary>Puts a letter, which is not 0, where worker <paramref name="to"/> finds it; false when there are enough.</summary>
    internal bool TrySend(int from, int to, ulong letter)
    {
        for (int place = 0; place < LettersEach; place++)
        {
            ref ulong word = ref LetterAt(from, to, place);
            if (Volatile.Read(ref word) != 0) continue;
            Volatile.Write(ref word, letter); // One sender and one receiver: who finds it free may fill it.
            return true;
        }

        return false;
    }

    /// <summary>Takes a letter to worker <paramref name="to"/>; 0 when there is none.</summary>
    internal ulong Receive(int to)
    {
        for (int from = 0; from < Workers; from++)
        {
            for (int place = 0; place < LettersEach; place++)
            {
                ref ulong word = ref LetterAt(from, to, place);
                ulong letter = Volatile.Read(ref word);
                if (letter == 0) continue;
                Volatile.Write(ref word, 0);
                return letter;
            }
        }

        return 0;
    }

    /// <summary>Has <paramref name="worker"/> free all that is still under way.</summary>
    internal void FreeLetters(ProcessorStressWorker worker)
    {
        for (int to = 0; to < Workers; to++)
        {
            for (ulong letter = Receive(to); letter != 0; letter = Receive(to)) worker.Take(letter);
        }
    }

    /// <summary>What a worker says of one of its pages in the shared space: see <see cref="ProcessorStressWorker"/>.</summary>
    internal ref ulong PageState(int worker, int page) => ref _words[(Workers * Workers * LettersEach) + (worker * WatchedPages) + page];

    /// <summary>A page that a worker lets the others read; 0 where there is none.</summary>
    internal ref ulong PublishedAt(int worker, int index) =>
        ref _words[(Workers * Workers * LettersEach) + (Workers * WatchedPages) + (worker * PublishedPages) + index];

    private ref ulong LetterAt(int from, int to, int place) => ref _words[(((from * Workers) + to) * LettersEach) + place];

    private struct LeftPages : IMappingVisitor
    {
        internal ulong Count;

        public bool Visit(in MappedRun run)
        {
            Count += run.PageCount;
            return true;
        }
    }
}
