using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>What the boot menu's line asks of the kernel, each word checked once; works before the heap is there.</summary>
/// <remarks>
/// Words are <c>key=value</c>. An unknown key or a bad value is kept for the report at boot and otherwise ignored; of a key
/// given twice the last good value counts. The slices (<see cref="Frames"/>, <see cref="Exec"/>, the faults' words) lie in the caller's storage.
/// </remarks>
public unsafe struct KernelCommandLine
{
    /// <summary>How many faults are kept; <see cref="FaultCount"/> counts the others too.</summary>
    public const int KeptFaults = 8;

    private delegate*<TextSlice, bool> _isFrameAllocator;
    private delegate*<TextSlice, bool> _isHeapPolicy;
    private fixed ulong _faultText[KeptFaults];
    private fixed int _faultLength[KeptFaults];
    private fixed byte _faultKind[KeptFaults];

    /// <summary><c>zones=</c></summary>
    public ZonePreset Zones { get; private set; }

    /// <summary><c>frames=</c>: the name of a frame allocator that there is; empty when nothing was said.</summary>
    public TextSlice Frames { get; private set; }

    /// <summary><c>layout=</c></summary>
    public LayoutPreset Layout { get; private set; }

    /// <summary><c>heap.policy=</c>: the name of a policy that there is; empty when nothing was said.</summary>
    public TextSlice HeapPolicy { get; private set; }

    /// <summary><c>heap.check=on</c>: the heap checks itself.</summary>
    public bool HeapCheck { get; private set; }

    /// <summary><c>heap.track=on</c>: the heap remembers who allocated.</summary>
    public bool HeapTrack { get; private set; }

    /// <summary><c>cpus=</c>: how many CPUs to start, at least 1; 0 when nothing was said, so all.</summary>
    public int CpuCount { get; private set; }

    /// <summary><c>la57=on</c>: five-level paging when the CPU has it.</summary>
    public bool La57 { get; private set; }

    /// <summary>Not <c>aslr=off</c>: addresses are laid out at random.</summary>
    public bool Aslr { get; private set; }

    /// <summary>Whether <c>seed=</c> was given.</summary>
    public bool HasSeed { get; private set; }

    /// <summary><c>seed=</c>: what random choices start from.</summary>
    public ulong Seed { get; private set; }

    /// <summary><c>exec=</c>: shell commands to run at boot, separated by semicolons; empty when nothing was said.</summary>
    public TextSlice Exec { get; private set; }

    /// <summary>How many faults the line has.</summary>
    public int FaultCount { get; private set; }

    /// <summary>What holds where the boot loader hands over no line, with these <paramref name="zones"/>.</summary>
    public static KernelCommandLine Without(ZonePreset zones)
    {
        KernelCommandLine result = default;
        result.Aslr = true;
        result.Zones = zones;
        return result;
    }

    /// <summary>Reads <paramref name="line"/>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="storage">Where words are kept; as many bytes as the line has are enough.</param>
    /// <param name="storageBytes">The size of the storage.</param>
    /// <param name="isFrameAllocator">Says whether there is a frame allocator of a name.</param>
    /// <param name="isHeapPolicy">Says whether there is a policy of the heap of a name.</param>
    public static KernelCommandLine Parse(
        TextSlice line, byte* storage, int storageBytes, delegate*<TextSlice, bool> isFrameAllocator, delegate*<TextSlice, bool> isHeapPolicy)
    {
        KernelCommandLine result = default;
        result._isFrameAllocator = isFrameAllocator;
        result._isHeapPolicy = isHeapPolicy;
        result.Aslr = true;
        WordReader reader = new(line, storage, storageBytes);
        TextSlice last = default;
        while (reader.TryRead(out TextSlice word))
        {
            last = word;
            if (!reader.IsCut) result.Apply(word);
        }

        if (reader.QuoteIsOpen) result.AddFault(CommandLineFault.OpenQuote, last);
        if (reader.IsCut) result.AddFault(CommandLineFault.TooLong, last);
        return result;
    }

    /// <summary>The fault at <paramref name="index"/>, below <see cref="FaultCount"/> and <see cref="KeptFaults"/>, and the word that has it.</summary>
    public CommandLineFault Fault(int index, out TextSlice word)
    {
        KernelAssert.That((uint)index < KeptFaults && index < FaultCount, "KernelCommandLine: no such fault");
        word = new TextSlice((byte*)_faultText[index], _faultLength[index]);
        return (CommandLineFault)_faultKind[index];
    }

    private static bool TryParseSwitch(TextSlice value, out bool on)
    {
        on = value.Is("on");
        return on || value.Is("off");
    }

    private static bool TryParseZones(TextSlice value, out ZonePreset preset)
    {
        preset = value.Is("lld") ? ZonePreset.Lld
            : value.Is("coal") ? ZonePreset.Coal
            : value.Is("valen") ? ZonePreset.Valen
            : value.Is("linux") ? ZonePreset.Linux
            : ZonePreset.Veridian;
        return preset != ZonePreset.Veridian || value.Is("veridian");
    }

    private static bool TryParseLayout(TextSlice value, out LayoutPreset preset)
    {
        preset = value.Is("lld") ? LayoutPreset.Lld
            : value.Is("valen") ? LayoutPreset.Valen
            : value.Is("myos") ? LayoutPreset.MyOs
            : LayoutPreset.Veridian;
        return preset != LayoutPreset.Veridian || value.Is("veridian");
    }

    private static bool TryParseCpus(TextSlice value, out int count)
    {
        bool valid = value.TryParse(out ulong number) && number is >= 1 and <= CpuId.Limit;
        count = valid ? (int)number : 0;
        return valid;
    }

    private void Apply(TextSlice word)
    {
        int equals = word.IndexOf((byte)'=');
        TextSlice key = word.Slice(0, equals < 0 ? word.Length : equals);
        TextSlice value = equals < 0 ? default : word.Slice(equals + 1, word.Length);
        if (!TryApplyChoice(key, value, out bool valid) && !TryApplySetting(key, value, out valid))
        {
            AddFault(CommandLineFault.UnknownKey, word);
        }
        else if (!valid)
        {
            AddFault(CommandLineFault.BadValue, word);
        }
    }

    /// <summary>The keys with a name as value. False when the key is none of them.</summary>
    private bool TryApplyChoice(TextSlice key, TextSlice value, out bool valid)
    {
        if (key.Is("zones"))
        {
            valid = TryParseZones(value, out ZonePreset zones);
            if (valid) Zones = zones;
        }
        else if (key.Is("frames"))
        {
            valid = _isFrameAllocator(value);
            if (valid) Frames = value;
        }
        else if (key.Is("layout"))
        {
            valid = TryParseLayout(value, out LayoutPreset layout);
            if (valid) Layout = layout;
        }
        else if (key.Is("heap.policy"))
        {
            valid = _isHeapPolicy(value);
            if (valid) HeapPolicy = value;
        }
        else
        {
            valid = false;
            return false;
        }

        return true;
    }

    /// <summary>The other keys. False when the key is none of them.</summary>
    private bool TryApplySetting(TextSlice key, TextSlice value, out bool valid)
    {
        valid = TryParseSwitch(value, out bool on);
        if (key.Is("heap.check")) HeapCheck = valid ? on : HeapCheck;
        else if (key.Is("heap.track")) HeapTrack = valid ? on : HeapTrack;
        else if (key.Is("la57")) La57 = valid ? on : La57;
        else if (key.Is("aslr")) Aslr = valid ? on : Aslr;
        else if (key.Is("cpus"))
        {
            valid = TryParseCpus(value, out int count);
            if (valid) CpuCount = count;
        }
        else if (key.Is("seed"))
        {
            valid = value.TryParse(out ulong seed);
            if (valid) (Seed, HasSeed) = (seed, true);
        }
        else if (key.Is("exec"))
        {
            valid = !value.IsEmpty;
            if (valid) Exec = value;
        }
        else
        {
            return false;
        }

        return true;
    }

    private void AddFault(CommandLineFault fault, TextSlice word)
    {
        int index = FaultCount++;
        if (index >= KeptFaults) return;
        _faultText[index] = (ulong)word.Text;
        _faultLength[index] = word.Length;
        _faultKind[index] = (byte)fault;
    }
}
