using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <content>Signals.</content>
public sealed unsafe partial class SystemCalls
{
    private const ulong SignalSetBytes = 8;
    private const ulong SystemCallBytes = 2; // The instruction's length.

    /// <summary>Takes the alternate stack that a program wants; an error, or 0.</summary>
    internal static long SetStack(Process process, in AlternateStack wanted)
    {
        if (process.Signals.Stack.IsInUse(process.Context->Rsp)) return LinuxError.NotPermitted;
        uint mode = wanted.Flags & ~AlternateStack.DisarmsItself;
        if (mode is not 0 and not AlternateStack.InUse and not AlternateStack.Disabled) return LinuxError.Invalid;
        if (mode == AlternateStack.Disabled)
        {
            process.Signals.Stack = new AlternateStack(0, 0, wanted.Flags);
            return 0;
        }

        if (wanted.Bytes < AlternateStack.LeastBytes) return LinuxError.NoMemory;
        process.Signals.Stack = wanted;
        return 0;
    }

    /// <summary>Ends the waiting of a process because a function of it is to be called: its call has failed, or is made again afterwards.</summary>
    internal void Interrupt(Process process, in SignalAction action)
    {
        if (TryServe(process)) return; // What it waited for has come meanwhile.
        UserContext* context = process.Context;
        bool isAgain = action.Restarts && IsMadeAgain(process, context->Rax);
        StopWaiting(process);
        process.State = ProcessState.Runnable;
        if (isAgain) context->Rip -= SystemCallBytes;
        else context->Rax = unchecked((ulong)LinuxError.Interrupted);
        context->Reason = UserStop.Changed;
    }

    // Calls that wait until a time, and those that wait for a signal, are never made again (signal(7)).
    private static bool IsMadeAgain(Process process, ulong number) => process.WakeTime == 0 && number switch
    {
        LinuxCall.Read or LinuxCall.ReadV or LinuxCall.Write or LinuxCall.WriteV or LinuxCall.Wait4 or LinuxCall.Futex => true,
        _ => false,
    };

    private static void StopWaiting(Process process)
    {
        UserContext* context = process.Context;
        if (context->Rax == LinuxCall.NanoSleep) StoreRest(process, context->Rsi);
        else if (context->Rax == LinuxCall.ClockNanoSleep && (context->Rsi & AbsoluteTime) == 0) StoreRest(process, context->R10);
        process.WakeTime = 0;
        process.Futex = default;
    }

    private static long SetAction(Process process, CallArguments call)
    {
        if (call.D != SignalSetBytes || call.A > Signal.Last) return LinuxError.Invalid;
        int number = (int)call.A;
        if (!Signal.Exists(number) || (call.B != 0 && Signal.Unstoppable.Has(number))) return LinuxError.Invalid;
        SignalAction old = process.Signals.ActionOf(number);
        SignalAction wanted = old;
        if (call.B != 0 && !TryLoad(process, call.B, out wanted)) return LinuxError.BadAddress;
        if (call.B != 0)
        {
            wanted = wanted.Checked;
            process.Signals.SetAction(number, in wanted);
        }

        return call.C == 0 ? 0 : Store(process, call.C, in old);
    }

    private static long SetMask(Process process, CallArguments call)
    {
        const ulong Block = 0;
        const ulong Unblock = 1;
        const ulong Replace = 2;
        if (call.D != SignalSetBytes) return LinuxError.Invalid;
        SignalSet old = process.Signals.Mask;
        if (call.B != 0)
        {
            if (!TryLoad(process, call.B, out SignalSet set)) return LinuxError.BadAddress;
            switch (call.A)
            {
                case Block:
                    process.Signals.Mask = old.With(set);
                    break;
                case Unblock:
                    process.Signals.Mask = old.Without(set);
                    break;
                case Replace:
                    process.Signals.Mask = set;
                    break;
                default:
                    return LinuxError.Invalid;
            }
        }

        return call.C == 0 ? 0 : Store(process, call.C, in old);
    }

    private static long PendingSignals(Process process, ulong target, ulong sizeBytes)
    {
        if (sizeBytes > SignalSetBytes) return LinuxError.Invalid;
        SignalSet pending = process.Signals.Pending.Intersect(process.Signals.Mask);
        return Store(process, target, in pending);
    }

    private static long ChangeStack(Process process, ulong source, ulong target)
    {
        AlternateStack old = process.Signals.Stack;
        if (source != 0)
        {
            if (!TryLoad(process, source, out AlternateStack wanted)) return LinuxError.BadAddress;
            long error = SetStack(process, in wanted);
            if (error != 0) return error;
        }

        if (target == 0) return 0;
        AlternateStack shown = new(old.Start, old.Bytes, old.FlagsFor(process.Context->Rsp));
        return Store(process, target, in shown);
    }

    // What is not a frame, or would have the processor load what it does not take, is answered as Linux does: by a signal.
    private static long ReturnFromSignal(Process process)
    {
        if (!SignalFrame.TryPop(process) || !VirtAddr.TryCreate(process.Context->Rip, out _))
            process.Signals.Force(SignalInfo.FromKernel(Signal.Segmentation));
        return 0;
    }

    private static long WaitForAnySignal(Process process, ulong set, ulong sizeBytes)
    {
        if (sizeBytes != SignalSetBytes) return LinuxError.Invalid;
        if (!TryLoad(process, set, out SignalSet mask)) return LinuxError.BadAddress;
        process.Signals.ReplaceMask(mask);
        return Wait;
    }

    private static long TakeSignal(Process process, CallArguments call)
    {
        if (call.D != SignalSetBytes) return LinuxError.Invalid;
        if (!TryLoad(process, call.A, out SignalSet wanted)) return LinuxError.BadAddress;
        if (!process.Signals.TryTake(wanted.Without(Signal.Unstoppable), out SignalInfo info))
        {
            if (call.C == 0) return Wait;
            long wait = WaitUntil(process, call.C, TimeLimit.Relative);
            return wait == 0 ? LinuxError.Again : wait;
        }

        process.WakeTime = 0;
        SignalInfoData told = SignalInfoData.Of(in info);
        if (call.B != 0 && Store(process, call.B, in told) != 0) return LinuxError.BadAddress;
        return info.Number;
    }

    private long Kill(Process process, int id, int number)
    {
        if (number != 0 && !Signal.Exists(number)) return LinuxError.Invalid;
        SignalInfo info = SignalInfo.From(number, SignalInfo.ByUser, process.Id, process.UserId);
        if (id > 0)
        {
            Process? other = _table.Find(id);
            return other == null ? LinuxError.NoProcess : SendFrom(process, other, in info);
        }

        int group = id == 0 ? process.GroupId : unchecked(-id);
        long result = LinuxError.NoProcess;
        for (int index = 0; index < _table.Processes.Count; index++)
        {
            Process other = _table.Processes[index];
            bool isMeant = id == -1 ? other != process : other.GroupId == group;
            if (!isMeant) continue;
            long error = SendFrom(process, other, in info);
            if (result != 0) result = error;
        }

        return result;
    }

    private long SendFrom(Process process, Process other, in SignalInfo info)
    {
        bool mayContinue = info.Number == Signal.Continue && other.SessionId == process.SessionId;
        if (!process.MaySignal(other) && !mayContinue) return LinuxError.NotPermitted;
        if (info.Number == 0) return 0;
        return _table.Send(other, in info) ? 0 : LinuxError.Again;
    }

    // A program may say anything of a signal that it sends, but not that the kernel or kill sent it (rt_sigqueueinfo(2)).
    private long Queue(Process process, int id, int number, ulong source)
    {
        if (!TryLoad(process, source, out SignalInfoData data)) return LinuxError.BadAddress;
        if (number != 0 && !Signal.Exists(number)) return LinuxError.Invalid;
        if (data.Code >= 0 || data.Code == SignalInfo.ByThread) return id == process.Id ? LinuxError.Invalid : LinuxError.NotPermitted;
        Process? other = _table.Find(id);
        if (other == null) return LinuxError.NoProcess;
        SignalInfo info = new(number, data.Code, data.First, data.Second);
        return SendFrom(process, other, in info);
    }

    // There is one thread in each process: it has the process's number.
    private long KillThread(Process process, int groupId, int id, int number)
    {
        if (id <= 0 || groupId <= 0 || (number != 0 && !Signal.Exists(number))) return LinuxError.Invalid;
        Process? other = id == groupId ? _table.Find(id) : null;
        if (other == null || other.State == ProcessState.Ended) return LinuxError.NoProcess;
        SignalInfo info = SignalInfo.From(number, SignalInfo.ByThread, process.Id, process.UserId);
        return SendFrom(process, other, in info);
    }
}
