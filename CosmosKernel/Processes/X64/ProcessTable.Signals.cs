using MemOS.Primitives;
using MemOS.Startup;

namespace MemOS.Processes;

/// <content>Signals: sending them, and what they do (signal(7)).</content>
public sealed partial class ProcessTable
{
    /// <summary>Sends a process that has not ended a signal from the shell; what it does is done at once, unless a processor runs it. The lock is held.</summary>
    public void Send(Process process, int signal)
    {
        SignalInfo info = SignalInfo.From(signal, SignalInfo.ByUser, 0, 0);
        Send(process, in info);
        if (!process.IsRunning && CanTake(process)) Deliver(process);
        Wake(process);
        KernelMemory.Space.Load();
    }

    /// <summary>Sends a signal; it does what it does when the process has its next turn, or stops for the interrupt that its processor gets. False when it cannot be queued.</summary>
    public bool Send(Process target, in SignalInfo info)
    {
        bool isSent = TrySend(target, in info);
        if (target.State == ProcessState.Waiting) Wake(target);
        if (IsElsewhere(target) && target.Signals.HasWork) Interrupt(target.Processor);
        return isSent;
    }

    private bool TrySend(Process target, in SignalInfo info)
    {
        if (target.State == ProcessState.Ended) return true;
        if (info.Number == Signal.Continue) Continue(target);
        else if (Signal.Stopping.Has(info.Number)) target.Signals.Forget(SignalSet.Of(Signal.Continue));
        if (info.Number == Signal.Kill && target.State == ProcessState.Stopped)
        {
            target.State = target.StateBeforeStop;
            Wake(target);
        }

        return target.Signals.TryAdd(in info);
    }

    // Does what is to be done for the signals that have come, until the process can go on, is stopped, or has ended.
    private void Deliver(Process process)
    {
        Process? borrower = BorrowerOf(process);
        if (borrower != null && IsBusy(borrower))
        {
            // This one can only be ended, after who runs on its memory, whose end wakes it.
            if (!borrower.Signals.IsKilled) Send(borrower, SignalInfo.FromKernel(Signal.Kill));
            return;
        }

        while (process.State is ProcessState.Runnable or ProcessState.Waiting && process.Signals.TryTake(out SignalInfo info))
        {
            SignalAction action = process.Signals.ActionOf(info.Number);
            if (action.IsDefault) ActByDefault(process, info.Number);
            else if (!action.IsIgnoring) Call(process, in info, in action);
        }
    }

    // Who waits for a child that runs on its memory can only be ended.
    private static bool CanTake(Process process) => process.Signals.HasWork && (process.HeldBy == 0 || process.Signals.IsKilled);

    private void ActByDefault(Process process, int number)
    {
        switch (Signal.DefaultOf(number))
        {
            case SignalDefault.Terminate:
                End(process, number);
                break;
            case SignalDefault.Stop:
                process.StateBeforeStop = process.State;
                process.State = ProcessState.Stopped;
                process.News = Process.StopStatus(number);
                TellParent(process, SignalInfo.ChildStopped, number);
                break;
        }
    }

    // A program whose frame cannot be written gets the signal for that, and when that was the one, it ends.
    private void Call(Process process, in SignalInfo info, in SignalAction action)
    {
        if (process.State == ProcessState.Waiting) _calls.Interrupt(process, in action);
        if (process.State != ProcessState.Runnable) return;
        if (VirtAddr.TryCreate(action.Handler, out _) && SignalFrame.TryPush(process, in info, in action))
        {
            process.Signals.Enter(info.Number, in action);
            return;
        }

        if (info.Number == Signal.Segmentation) process.Signals.Reset(Signal.Segmentation);
        process.Signals.Force(SignalInfo.FromKernel(Signal.Segmentation));
    }

    private void Continue(Process target)
    {
        target.Signals.Forget(Signal.Stopping);
        if (target.State != ProcessState.Stopped) return;
        target.State = target.StateBeforeStop;
        target.News = Process.ContinuedStatus;
        Wake(target);
        TellParent(target, SignalInfo.ChildContinued, Signal.Continue);
    }

    private void TellOfEnd(Process child)
    {
        const int SignalBits = 0x7F;
        Process? parent = child.ParentId == 0 ? null : Find(child.ParentId);
        if (parent == null) return;
        WakeParent(child);
        if (child.ExitSignal == Signal.Child && parent.Signals.ActionOf(Signal.Child).SkipsWaits) child.IsForgotten = true;
        if (!Signal.Exists(child.ExitSignal)) return;
        int signal = child.ExitStatus & SignalBits;
        SignalInfo info = signal == 0
            ? SignalInfo.OfChild(child.ExitSignal, SignalInfo.ChildExited, child.Id, child.UserId, child.ExitStatus >> 8)
            : SignalInfo.OfChild(child.ExitSignal, SignalInfo.ChildKilled, child.Id, child.UserId, signal);
        Send(parent, in info);
    }

    private void TellParent(Process child, int code, int status)
    {
        Process? parent = child.ParentId == 0 ? null : Find(child.ParentId);
        WakeParent(child);
        if (parent == null || parent.Signals.ActionOf(Signal.Child).SkipsStops) return;
        SignalInfo info = SignalInfo.OfChild(Signal.Child, code, child.Id, child.UserId, status);
        Send(parent, in info);
    }

    private void SendToGroup(int groupId, int signal)
    {
        for (int index = _processes.Count - 1; index >= 0; index--)
        {
            if (index >= _processes.Count) continue; // One that ends takes its ended children along.
            Process process = _processes[index];
            if (process.GroupId == groupId && process.State != ProcessState.Ended) Send(process, signal);
        }
    }
}
