using MemOS.Boot;
using MemOS.Hardware;
using MemOS.Memory.Frames;
using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>Allocates and frees frames at random, in every way there is, beside a model of what it has.</summary>
/// <typeparam name="TMemory">How frames are reached: <see cref="DirectMap"/> in the machine.</typeparam>
/// <typeparam name="TProcessor">The processor that runs: <see cref="ThisProcessor"/> in the machine.</typeparam>
/// <remarks>
/// <para>
/// What it gets must be free in the model, and what it said it wanted; what it has keeps the markers that it wrote; wrong frees
/// are refused by their names; after each step the counts of free frames and of each owner's are the model's, and every now and
/// then all invariants hold. In the end all is given back and everything counts as before.
/// </para>
/// <para>
/// It makes no object between two counts, so that nothing but itself changes them: the model is made before, and what a line of progress
/// takes from the heap is counted apart. It leaves an eighth of the memory alone, but for the moments in which it takes every
/// frame there is and gives them back.
/// </para>
/// </remarks>
public sealed unsafe partial class FrameStress<TMemory, TProcessor> : IStress
    where TMemory : unmanaged, IPhysicalMemory
    where TProcessor : unmanaged, IProcessor
{
    private const int LargestModel = 16_384;
    private const ulong FramesPerBlock = 4;
    private const ulong PhaseOperations = 2000;
    private const ulong ExhaustionPeriod = 4096;
    private const ulong ClockPeriod = 256;
    private const ulong ProgressLines = 10;
    private const ulong SmallestProgress = 10_000;
    private const ulong SmallestValidationPeriod = 1024;
    private const ulong FramesPerValidatedOperation = 8;
    private const ulong MillisecondsPerSecond = 1000;

    private readonly PhysicalMemory<TMemory, TProcessor>* _frames;
    private readonly MemoryMap _map;
    private readonly IWallClock _clock;
    private readonly ulong[] _ownedBefore = new ulong[FrameOwners.Count];
    private readonly ulong[] _refusalsBefore = new ulong[FreeResults.Count];
    private readonly ulong[] _refusals = new ulong[FreeResults.Count];
    private readonly TMemory _memory;
    private FrameStressModel? _model;
    private RandomWords _random;
    private string? _failure;
    private ulong _freeBefore;
    private ulong _limit;
    private ulong _validationPeriod;
    private ulong _operations;
    private ulong _allocations;
    private ulong _unserved;
    private ulong _exhaustions;
    private ulong _validations;

    /// <summary>Creates the test.</summary>
    /// <param name="frames">What is tested; it stays where it is.</param>
    /// <param name="memory">The content of its frames.</param>
    /// <param name="map">The machine's memory.</param>
    /// <param name="clock">What tells when time is up.</param>
    public FrameStress(PhysicalMemory<TMemory, TProcessor>* frames, TMemory memory, MemoryMap map, IWallClock clock)
    {
        _frames = frames;
        _memory = memory;
        _map = map;
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Name => "frames";

    private FrameStressModel Model => _model!;

    private bool IsWell => _failure is null;

    /// <inheritdoc/>
    public string? Run(ITerminal terminal, StressBudget budget)
    {
        Begin(budget.Seed);
        ulong start = _clock.Milliseconds;
        ulong elapsed = 0;
        ulong said = 0;
        while (IsWell && !budget.IsSpent(_operations, elapsed))
        {
            Step();
            _operations++;
            if (_operations % ClockPeriod == 0) elapsed = _clock.Milliseconds - start;
            if (_operations % _validationPeriod == 0) Validate();
            if (!IsWell || !IsTimeToSpeak(budget, elapsed, ref said)) continue;
            SayHowFar(terminal);
            TakeBaseline();
        }

        if (IsWell) End();
        if (IsWell) SayWhatWasDone(terminal, _clock.Milliseconds - start);
        return IsWell ? null : "operation " + _operations.ToString() + ": " + _failure;
    }

    private void Begin(ulong seed)
    {
        ulong capacity = _frames->Statistics.Free / FramesPerBlock;
        _model ??= new FrameStressModel(capacity < LargestModel ? (int)capacity + FrameBatchRoom : LargestModel, _map.UsableEnd);
        _random = new RandomWords(seed);
        _failure = null;
        (_operations, _allocations, _unserved, _exhaustions, _validations) = (0, 0, 0, 0, 0);
        for (int i = 0; i < _refusals.Length; i++)
        {
            _refusals[i] = 0;
            _refusalsBefore[i] = _frames->RefusalsFor((FreeResult)i);
        }

        TakeBaseline();
        _limit = _freeBefore - (_freeBefore / 8);
        _validationPeriod = _frames->Statistics.Managed / FramesPerValidatedOperation;
        if (_validationPeriod < SmallestValidationPeriod) _validationPeriod = SmallestValidationPeriod;
        FindReservedFrame();
        Validate();
    }

    /// <summary>Takes the counts as they are for what they must be with the model's blocks in use.</summary>
    private void TakeBaseline()
    {
        _freeBefore = _frames->Statistics.Free + Model.Frames;
        for (int i = 0; i < _ownedBefore.Length; i++)
            _ownedBefore[i] = _frames->OwnedBy((FrameOwner)i) - Model.OwnedBy((FrameOwner)i);
    }

    private void Step()
    {
        bool isGrowing = (_operations / PhaseOperations) % 2 == 0 && Model.Frames < _limit;
        int choice = _random.Below(100);
        if (_operations % ExhaustionPeriod == ExhaustionPeriod - 1) Exhaust();
        else if (choice < 3) FreeWhatIsNobodys();
        else if (choice < 4) ReserveAndRelease();
        else if (choice < 8) ChangeReferences();
        else if (choice < (isGrowing ? 70 : 40) && Model.Frames < _limit) Allocate();
        else Free();
        CheckCounts();
    }

    private void End()
    {
        while (IsWell && Model.Count != 0) FreeAt(Model.Count - 1);
        CheckCounts();
        Validate();
    }

    private void CheckCounts()
    {
        Expect(_frames->Statistics.Free == _freeBefore - Model.Frames, "the free frames are not those that the model leaves");
        for (int i = 0; i < _ownedBefore.Length; i++)
        {
            Expect(
                _frames->OwnedBy((FrameOwner)i) == _ownedBefore[i] + Model.OwnedBy((FrameOwner)i),
                "an owner's frames are not those of the model");
        }
    }

    private void Validate()
    {
        _validations++;
        string? broken = _frames->Validate();
        Expect(broken is null, broken!);
        for (int i = 0; i < _refusals.Length; i++)
        {
            Expect(
                _frames->RefusalsFor((FreeResult)i) == _refusalsBefore[i] + _refusals[i],
                "the refused frees were not counted one by one");
        }
    }

    private bool IsTimeToSpeak(StressBudget budget, ulong elapsed, ref ulong said)
    {
        ulong done = budget.Operations != 0 ? _operations : elapsed;
        ulong step = (budget.Operations != 0 ? budget.Operations : budget.Seconds * MillisecondsPerSecond) / ProgressLines;
        ulong smallest = budget.Operations != 0 ? SmallestProgress : MillisecondsPerSecond;
        if (step < smallest) step = smallest;
        if (done / step == said) return false;
        said = done / step;
        return true;
    }

    private void SayHowFar(ITerminal terminal) => terminal.WriteLine(
        "  " + _operations.ToString() + " operations, " + Model.Frames.ToString() + " frames in " + Model.Count.ToString() + " blocks");

    private void SayWhatWasDone(ITerminal terminal, ulong milliseconds)
    {
        ulong refused = 0;
        foreach (ulong count in _refusals) refused += count;
        terminal.WriteLine(
            _allocations.ToString() + " blocks and runs, " + _unserved.ToString() + " requests not served, "
            + refused.ToString() + " wrong frees refused");
        terminal.WriteLine(
            "memory exhausted " + _exhaustions.ToString() + " times, invariants checked " + _validations.ToString() + " times, "
            + milliseconds.ToString() + " ms");
    }

    private bool Expect(bool condition, string what)
    {
        if (!condition) _failure ??= what;
        return condition;
    }
}
