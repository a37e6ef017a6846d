using System;
using System.Threading;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <summary>What one processor does in <see cref="ProcessorStress"/>: one thing after the other, at random, beside a model of what it has.</summary>
internal sealed unsafe partial class ProcessorStressWorker
{
    // What a letter is about, in its lowest bits.
    private const ulong FrameLetter = 1;
    private const ulong BlockLetter = 2;
    private const ulong PagesLetter = 3;
    private const ulong LetterMask = 7;
    private const int CollectionPeriod = 4096;
    private const int PausePeriod = 64;

    private readonly ProcessorStressBoard _board;
    private readonly int _place;
    private RandomWords _random;
    private string _doing = "nothing yet";
    private int _hasEnded;

    /// <summary>Made by the boot processor for another.</summary>
    internal ProcessorStressWorker(ProcessorStressBoard board, int place, ulong seed)
    {
        _board = board;
        _place = place;
        _random = new RandomWords(seed + ((ulong)place << 32));
        for (int page = 0; page < ProcessorStressBoard.WatchedPages; page++) _pageFrames[page] = NoFrame;
    }

    /// <summary>What it has done.</summary>
    internal ref readonly ProcessorStressCounts Counts => ref _counts;

    /// <summary>Whether it has given back all it had.</summary>
    internal bool HasEnded => Volatile.Read(ref _hasEnded) != 0;

    /// <summary>What it is doing, or did last.</summary>
    internal string Doing => Volatile.Read(ref _doing);

    private ProcessorStressCounts _counts;

    /// <summary>Works until all are to end, or its processor is to be idle for a moment: then it is to be called again.</summary>
    internal void RunToPause()
    {
        _hasShared = false; // An idle processor goes over to the kernel's tables.
        LookAtPublished();
        while (!_board.IsEnding)
        {
            StepOrFail();
            if (_hasShared || _random.Below(PausePeriod) != 0) continue;
            LookAtPublished();
            return;
        }

        EndOrFail();
    }

    /// <summary>Does one thing.</summary>
    internal void StepOrFail()
    {
        try
        {
            Step();
        }
        catch (Exception exception)
        {
            Fail(exception.Message);
        }
    }

    /// <summary>Gives back all that it has.</summary>
    internal void EndOrFail()
    {
        try
        {
            End();
        }
        catch (Exception exception)
        {
            Fail(exception.Message);
        }

        KernelMemory.Space.Load();
        Volatile.Write(ref _hasEnded, 1);
    }

    /// <summary>Frees what a letter is about.</summary>
    internal void Take(ulong letter)
    {
        if ((letter & LetterMask) == FrameLetter) TakeFrame(letter);
        else if ((letter & LetterMask) == BlockLetter) TakeBlock(letter);
        else TakePages(letter);
    }

    private void Step()
    {
        _counts.Operations++;
        switch (_random.Below(16))
        {
            case < 3:
                Do("frames");
                StepFrames();
                break;
            case < 6:
                Do("blocks");
                StepBlocks();
                break;
            case < 9:
                Do("objects");
                StepObjects();
                break;
            case < 10:
                Do("kernel pages");
                StepPages();
                StepPublished();
                break;
            case < 12:
                Do("pages of the shared space");
                StepShared();
                break;
            case < 14:
                Do("looks at others' pages");
                LookAtShared();
                break;
            case < 15:
                Do("copies of a space");
                StepForks();
                break;
            default:
                Do("letters");
                Receive();
                break;
        }

        if (_random.Below(CollectionPeriod) != 0) return;
        Do("a collection");
        _counts.Collections++;
        GC.Collect();
    }

    private void End()
    {
        Do("its end");
        EndFrames();
        EndBlocks();
        EndObjects();
        EndPages();
        EndPublished();
        EndShared();
        EndForks();
    }

    private void Receive()
    {
        ulong letter = _board.Receive(_place);
        if (letter != 0) Take(letter);
    }

    // Gives something to any of the workers, this one too; false when that one has enough to do.
    private bool TryHandOver(ulong letter)
    {
        if (!_board.TrySend(_place, _random.Below(_board.Workers), letter)) return false;
        _counts.HandedOver++;
        return true;
    }

    private void Do(string what) => Volatile.Write(ref _doing, what);

    private void Fail(string what) => _board.Fail("worker " + _place.ToString() + ", " + _doing + ": " + what);

    private void Expect(bool isSo, string otherwise)
    {
        if (!isSo) Fail(otherwise);
    }
}
