using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace MemOS.Processes;

/// <summary>The signals of a process: what it wants done, what it blocks, what has come.</summary>
/// <remarks>
/// A signal below <see cref="Signal.FirstQueued"/> that has come is not counted when it comes again; the others queue in the order in which they
/// came. What is ignored and not blocked is forgotten at once.
/// </remarks>
public sealed class ProcessSignals
{
    private const int MostQueued = 256;

    private readonly SignalAction[] _actions = new SignalAction[Signal.Last + 1];
    private readonly SignalInfo[] _infos = new SignalInfo[Signal.FirstQueued];
    private readonly List<SignalInfo> _queue = new();
    private SignalSet _pending;
    private SignalSet _mask;
    private SignalSet _savedMask;

    /// <summary>What has come and is not taken yet.</summary>
    public SignalSet Pending => _pending;

    /// <summary>Whether something is to be done.</summary>
    public bool HasWork
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)] // Each return to a program asks.
        get => (_pending.Bits & ~_mask.Bits) != 0;
    }

    /// <summary>Whether the process is to end without being asked.</summary>
    public bool IsKilled => _pending.Has(Signal.Kill);

    /// <summary>What is blocked.</summary>
    public SignalSet Mask
    {
        get => _mask;
        set => _mask = value.Without(Signal.Unstoppable);
    }

    /// <summary>The stack for functions that ask for it.</summary>
    public AlternateStack Stack { get; set; } = AlternateStack.None;

    /// <summary>Whether a call blocks something else while it waits.</summary>
    public bool HasSavedMask { get; private set; }

    /// <summary>What the process wants done when signal <paramref name="number"/> comes.</summary>
    public SignalAction ActionOf(int number) => _actions[number];

    /// <summary>Changes that; what has come and is ignored now is forgotten.</summary>
    public void SetAction(int number, in SignalAction action)
    {
        _actions[number] = action;
        if (IsIgnored(number)) Forget(SignalSet.Of(number));
    }

    /// <summary>Whether nothing would be done if it came now.</summary>
    public bool IsIgnored(int number)
    {
        if (Signal.Unstoppable.Has(number)) return false;
        SignalAction action = _actions[number];
        return action.IsIgnoring || (action.IsDefault && Signal.DefaultOf(number) == SignalDefault.Ignore);
    }

    /// <summary>Notes that a signal has come; false when it cannot be queued.</summary>
    public bool TryAdd(in SignalInfo info)
    {
        int number = info.Number;
        if (!_mask.Has(number) && IsIgnored(number)) return true;
        if (number >= Signal.FirstQueued)
        {
            if (_queue.Count >= MostQueued) return false;
            _queue.Add(info);
        }
        else if (!_pending.Has(number))
        {
            _infos[number] = info;
        }

        _pending = _pending.With(number);
        return true;
    }

    /// <summary>A signal that the program itself has caused: it comes whatever the program wants; when it is blocked or ignored, it ends the program.</summary>
    public void Force(in SignalInfo info)
    {
        int number = info.Number;
        if (_mask.Has(number) || _actions[number].IsIgnoring) Reset(number);
        _mask = _mask.Without(SignalSet.Of(number));
        if (number < Signal.FirstQueued) _infos[number] = info;
        _pending = _pending.With(number);
    }

    /// <summary>The signal does what it does by itself.</summary>
    public void Reset(int number) => _actions[number] = default;

    /// <summary>Takes the next signal that is not blocked; false when there is none.</summary>
    public bool TryTake(out SignalInfo info) => TryTake(new SignalSet(~_mask.Bits), out info);

    /// <summary>Takes the next signal that is among <paramref name="wanted"/>; false when there is none.</summary>
    public bool TryTake(SignalSet wanted, out SignalInfo info)
    {
        info = default;
        SignalSet ready = _pending.Intersect(wanted);
        if (ready.IsEmpty) return false;
        SignalSet first = ready.Intersect(SignalSet.Of(Signal.Kill).With(Signal.Synchronous));
        int number = ready.Has(Signal.Kill) ? Signal.Kill : first.IsEmpty ? ready.First : first.First;
        info = number < Signal.FirstQueued ? _infos[number] : TakeQueued(number);
        if (number < Signal.FirstQueued || !IsQueued(number)) _pending = _pending.Without(SignalSet.Of(number));
        return true;
    }

    /// <summary>Forgets what has come of <paramref name="signals"/>.</summary>
    public void Forget(SignalSet signals)
    {
        _pending = _pending.Without(signals);
        for (int index = _queue.Count - 1; index >= 0; index--)
        {
            if (signals.Has(_queue[index].Number)) _queue.RemoveAt(index);
        }
    }

    /// <summary>Blocks something else while a call waits; the second time nothing is done.</summary>
    public void ReplaceMask(SignalSet mask)
    {
        if (HasSavedMask) return;
        HasSavedMask = true;
        _savedMask = _mask;
        Mask = mask;
    }

    /// <summary>Blocks again what was blocked before <see cref="ReplaceMask"/>.</summary>
    public void RestoreMask()
    {
        if (HasSavedMask) _mask = _savedMask;
        HasSavedMask = false;
    }

    /// <summary>What is to be blocked after the function that is called next.</summary>
    public SignalSet MaskAfter => HasSavedMask ? _savedMask : _mask;

    /// <summary>The function for signal <paramref name="number"/> is being called.</summary>
    public void Enter(int number, in SignalAction action)
    {
        HasSavedMask = false;
        SignalSet mask = _mask.With(action.Mask);
        Mask = action.IsNotDeferred ? mask : mask.With(number);
        if (action.IsOnce) Reset(number);
    }

    /// <summary>As a child begins (fork): it wants the same, and nothing has come.</summary>
    public void CopyFrom(ProcessSignals parent)
    {
        for (int number = 1; number <= Signal.Last; number++) _actions[number] = parent._actions[number];
        _mask = parent.MaskAfter;
        Stack = parent.Stack;
    }

    /// <summary>As another program begins (execve): its functions are gone, what it ignores and blocks stays.</summary>
    public void ResetForProgram()
    {
        for (int number = 1; number <= Signal.Last; number++)
        {
            if (!_actions[number].IsIgnoring) Reset(number);
        }

        Stack = AlternateStack.None;
    }

    private SignalInfo TakeQueued(int number)
    {
        for (int index = 0; index < _queue.Count; index++)
        {
            if (_queue[index].Number != number) continue;
            SignalInfo info = _queue[index];
            _queue.RemoveAt(index);
            return info;
        }

        return new SignalInfo(number, SignalInfo.ByUser, 0, 0);
    }

    private bool IsQueued(int number)
    {
        for (int index = 0; index < _queue.Count; index++)
        {
            if (_queue[index].Number == number) return true;
        }

        return false;
    }
}
