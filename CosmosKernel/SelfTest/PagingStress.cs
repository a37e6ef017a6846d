using MemOS.Hardware;
using MemOS.Memory.Paging;
using MemOS.Primitives;
using MemOS.Shell;

namespace MemOS.SelfTest;

/// <summary>Maps, unmaps, protects and translates at random in addresses that nobody else uses, beside a model, and uses what is mapped.</summary>
/// <typeparam name="TMemory">How frames are reached: <see cref="DirectMap"/> in the machine.</typeparam>
/// <typeparam name="TFormat">The tables' format.</typeparam>
/// <typeparam name="TTables">Where tables come from.</typeparam>
/// <typeparam name="TMachine">Who uses the mappings.</typeparam>
/// <remarks>
/// <para>
/// Each operation must end as the model says. Before it, a byte of its page is read, so that the processor remembers the old
/// translation; after it and its flush, the page is read, written or executed and must do what the model says, with the bytes of the
/// right frame, and must be accessed and dirty then. In the end all is unmapped and as many frames are page tables as before.
/// </para>
/// <para>
/// The regions lie on both sides of borders between entries of each level. They are the tables' of the kernel, under entries of the root
/// that no layout uses or at addresses of the last one that none uses; nobody else may change the tables meanwhile. While it runs,
/// its own frames are writable in the direct map and executable here.
/// </para>
/// </remarks>
public sealed unsafe class PagingStress<TMemory, TFormat, TTables, TMachine> : IStress
    where TMemory : struct, IPhysicalMemory
    where TFormat : struct, IPagingFormat
    where TTables : struct, ITableFrameSource
    where TMachine : struct, IPagingMachine
{
    private const byte Return = 0xC3;
    private const int MarkedBytes = 64;
    private const int LargeShift = 21;
    private const ulong ClockPeriod = 256;
    private const ulong WrittenOffset = MarkedBytes;

    private const int MapKind = 0;
    private const int MapLargeKind = 1;
    private const int UnmapKind = 2;
    private const int ProtectKind = 3;
    private const int TranslateKind = 4;
    private const int ClearKind = 5;
    private const int KindCount = 6;

    private static readonly Order s_blockOrder = Order.FromTrusted(LargeShift - FrameNumber.Shift);

    private readonly TMemory _memory;
    private readonly TTables _tables;
    private readonly TMachine _machine;
    private readonly PhysAddr _root;
    private readonly VirtAddr[] _regions;
    private readonly IWallClock _clock;
    private readonly ulong[] _done = new ulong[KindCount];

    private PageMapper<TMemory, TFormat, TTables> _mapper;
    private PagingStressModel _model;
    private FrameNumber _block;
    private RandomWords _random;
    private string? _failure;
    private ulong _faults;
    private ulong _milliseconds;

    /// <summary>Creates the test.</summary>
    /// <param name="memory">How tables and frames are reached.</param>
    /// <param name="tables">Where tables come from.</param>
    /// <param name="machine">Who uses the mappings.</param>
    /// <param name="root">The root table that the machine uses.</param>
    /// <param name="regions">Addresses, multiples of 2 MiB, from which on 2 MiB are nobody's.</param>
    /// <param name="clock">What tells when time is up.</param>
    public PagingStress(TMemory memory, TTables tables, TMachine machine, PhysAddr root, VirtAddr[] regions, IWallClock clock)
    {
        _memory = memory;
        _tables = tables;
        _machine = machine;
        _root = root;
        _regions = regions;
        _clock = clock;
        _model = new PagingStressModel(regions);
    }

    /// <inheritdoc/>
    public string Name => "paging";

    private bool IsWell => _failure is null;

    /// <inheritdoc/>
    public string? Run(ITerminal terminal, StressBudget budget)
    {
        string? failure = Run(budget);
        if (failure is null) SayWhatWasDone(terminal);
        return failure;
    }

    /// <summary>The same without a word.</summary>
    public string? Run(StressBudget budget)
    {
        if (!_machine.TryTake(s_blockOrder, out _block)) return "there are no 2 MiB of memory in a row";
        ulong start = _clock.Milliseconds;
        ulong operations = 0;
        if (TryBegin(budget.Seed))
        {
            ulong tablesBefore = _machine.TableFrames;
            for (; IsWell && !budget.IsSpent(operations, _milliseconds); operations++)
            {
                Step();
                if (operations % ClockPeriod == 0) _milliseconds = _clock.Milliseconds - start;
            }

            for (int region = 0; region < _model.RegionCount; region++) Clear(region);
            Expect(_machine.TableFrames == tablesBefore, "page tables are lost");
        }

        _milliseconds = _clock.Milliseconds - start;
        _machine.GiveBack(_block, s_blockOrder);
        return IsWell ? null : "operation " + operations.ToString() + ": " + _failure;
    }

    private bool TryBegin(ulong seed)
    {
        // A mapper of its own over the kernel's root: it only ever meets tables of these addresses.
        _mapper = new PageMapper<TMemory, TFormat, TTables>(_memory, _tables, _root.ContainingFrame, int.MaxValue, TopTables.Freed);
        _model = new PagingStressModel(_regions);
        _random = new RandomWords(seed);
        _failure = null;
        _faults = 0;
        _milliseconds = 0;
        for (int i = 0; i < _done.Length; i++) _done[i] = 0;
        for (int place = 0; place < _model.PlaceCount; place++)
            Expect(_mapper.Translate(_model.AddressOf(place), out _) == PagingResult.NotMapped, "somebody uses the addresses");
        for (int frame = 0; frame < (int)s_blockOrder.FrameCount; frame++) Mark(frame);
        return IsWell;
    }

    private void Step()
    {
        int place = _random.Below(_model.PlaceCount);
        Read(place); // What the processor knows of the page from now on must be gone when it has changed.
        int choice = _random.Below(100);
        if (choice < 40) Map(place);
        else if (choice < 44) MapLarge(place / PagingStressModel.PlacesPerRegion);
        else if (choice < 68) Unmap(place);
        else if (choice < 88) Protect(place);
        else if (choice < 98) Translate(place);
        else ClearOne(place / PagingStressModel.PlacesPerRegion);
        if (IsWell) Use(place);
    }

    private void Map(int place)
    {
        int frame = _random.Below((int)s_blockOrder.FrameCount);
        PageFlags flags = RandomFlags();
        PendingFlush flush = _mapper.Map(_model.AddressOf(place), FrameAt(frame).Start, flags, out PagingResult result);
        End(MapKind, flush, result, _model.Map(place, frame, flags));
    }

    private void MapLarge(int region)
    {
        PageFlags flags = RandomFlags();
        PendingFlush flush = _mapper.MapLarge(_model.Region(region), _block.Start, LargeShift, flags, out PagingResult result);
        End(MapLargeKind, flush, result, _model.MapLarge(region, flags));
    }

    private void Unmap(int place)
    {
        bool isMapped = _model.TryFrame(place, out int frame);
        PendingFlush flush = _mapper.Unmap(_model.AddressOf(place), out PageEntry<TFormat> unmapped, out PagingResult result);
        if (isMapped && result == PagingResult.Ok) Expect(unmapped.Address == FrameAt(frame).Start, "another page was unmapped");
        End(UnmapKind, flush, result, _model.Unmap(place));
        _mapper.FreeRetiredTables();
    }

    private void Protect(int place)
    {
        PageFlags flags = RandomFlags();
        PendingFlush flush = _mapper.Protect(_model.AddressOf(place), flags, out PagingResult result);
        End(ProtectKind, flush, result, _model.Protect(place, flags));
    }

    private void Translate(int place)
    {
        ulong offset = (ulong)_random.Below((int)PageNumber.SizeBytes);
        PagingResult result = _mapper.Translate(_model.AddressOf(place) + offset, out Translation translation);
        bool isMapped = _model.TryFrame(place, out int frame);
        End(TranslateKind, PendingFlush.None, result, isMapped ? PagingResult.Ok : PagingResult.NotMapped);
        if (!IsWell || !isMapped) return;
        Expect(translation.Address == FrameAt(frame).Start + offset, "an address is another frame's");
        Expect(translation.PageShift == (_model.IsLarge(place) ? LargeShift : PageNumber.Shift), "a page has another size");
        PageFlags usage = PageFlags.Accessed | PageFlags.Dirty;
        Expect((translation.Flags & ~usage) == (_model.FlagsOf(place) & ~usage), "a page has other flags");
    }

    private void ClearOne(int region)
    {
        Clear(region);
        _done[ClearKind]++;
    }

    private void Clear(int region)
    {
        PendingFlush flush = _mapper.UnmapRange(_model.Region(region), 1UL << LargeShift, Holes.Skipped, out PagingResult result);
        _machine.Flush(flush);
        _mapper.FreeRetiredTables();
        Expect(result == PagingResult.Ok, "a region cannot be unmapped");
        _model.Clear(region);
    }

    private void End(int kind, PendingFlush flush, PagingResult result, PagingResult expected)
    {
        _machine.Flush(flush);
        Expect(result == expected, "an operation ended otherwise than it must");
        if (result == PagingResult.Ok) _done[kind]++;
    }

    private void Use(int place)
    {
        switch (_random.Below(3))
        {
            case 0: Read(place); break;
            case 1: Write(place); break;
            default: Execute(PlaceToExecute(place)); break;
        }
    }

    // Of a region the first page only, where it may be large: QEMU 7.2 goes on executing what it has translated of a large page after an
    // INVLPG, but for the page of 4 KiB that the instruction names.
    private static int PlaceToExecute(int place) => place - (place % PagingStressModel.PlacesPerRegion);

    private void Read(int place)
    {
        int offset = 1 + _random.Below(MarkedBytes - 1);
        bool isMapped = _model.TryFrame(place, out int frame);
        bool isRead = _machine.TryRead(_model.AddressOf(place) + (ulong)offset, out byte value);
        CheckUse(isRead, isMapped, "a page that is mapped cannot be read", "a page that is not mapped can be read");
        if (isMapped) Expect(value == MarkOf(frame, offset), "a page shows another frame's bytes");
        if (isMapped) ExpectUsage(place, PageFlags.Accessed, "a page that was read is not accessed");
    }

    private void Write(int place)
    {
        bool isMapped = _model.TryFrame(place, out int frame);
        bool isWritable = isMapped && (_model.FlagsOf(place) & PageFlags.Writable) != 0;
        byte value = (byte)_random.Next();
        bool isWritten = _machine.TryWrite(_model.AddressOf(place) + WrittenOffset, value);
        CheckUse(isWritten, isWritable, "a writable page cannot be written", "a page that is not writable can be written");
        if (!isWritable) return;
        Expect(*_memory.Pointer(FrameAt(frame).Start + WrittenOffset) == value, "what was written is not in the frame"); // SAFETY: the block is ours.
        ExpectUsage(place, PageFlags.Accessed | PageFlags.Dirty, "a page that was written is not dirty");
    }

    private void Execute(int place)
    {
        bool isExecutable = _model.TryFrame(place, out _) && (_model.FlagsOf(place) & PageFlags.Executable) != 0;
        bool isExecuted = _machine.TryExecute(_model.AddressOf(place));
        CheckUse(isExecuted, isExecutable, "an executable page cannot be executed", "a page that is not executable can be executed");
    }

    private void CheckUse(bool isDone, bool isAllowed, string refused, string allowed)
    {
        if (!isDone) _faults++;
        if (isDone != isAllowed) Expect(false, isAllowed ? refused : allowed);
    }

    private void ExpectUsage(int place, PageFlags usage, string what)
    {
        _mapper.Translate(_model.AddressOf(place), out Translation translation);
        Expect((translation.Flags & usage) == usage, what);
    }

    private FrameNumber FrameAt(int frame) => _block + (ulong)frame;

    // A return instruction, then bytes that tell one frame from another.
    private void Mark(int frame)
    {
        byte* bytes = _memory.Pointer(FrameAt(frame).Start);
        for (int offset = 0; offset < MarkedBytes; offset++) bytes[offset] = MarkOf(frame, offset); // SAFETY: the frame is ours.
    }

    private static byte MarkOf(int frame, int offset) =>
        offset == 0 ? Return : (byte)(new RandomWords((ulong)((frame * MarkedBytes) + offset)).Next() >> 8);

    private PageFlags RandomFlags()
    {
        PageFlags flags = _random.Below(2) == 0 ? PageFlags.Present : PageFlags.Present | PageFlags.Global;
        switch (_random.Below(8))
        {
            case 0: return flags | PageFlags.Writable | PageFlags.Executable;
            case 1 or 2 or 3: return flags | PageFlags.Writable;
            case 4 or 5: return flags | PageFlags.Executable;
            default: return flags;
        }
    }

    private void SayWhatWasDone(ITerminal terminal)
    {
        terminal.WriteLine(
            _done[MapKind].ToString() + " pages mapped, " + _done[MapLargeKind].ToString() + " of 2 MiB, " + _done[UnmapKind].ToString() + " unmapped, "
            + _done[ProtectKind].ToString() + " protected, " + _done[TranslateKind].ToString() + " translated");
        terminal.WriteLine(
            _done[ClearKind].ToString() + " ranges cleared, " + _faults.ToString() + " faults as expected, " + _milliseconds.ToString() + " ms");
    }

    private void Expect(bool condition, string what)
    {
        if (!condition) _failure ??= what;
    }
}
