using System;
using MemOS.Memory.Pressure;
using MemOS.Memory.Virtual;
using MemOS.Startup;

namespace MemOS.Processes;

/// <content>What is done when there is no memory: a process is ended, so that the others go on (<see cref="VictimChoice"/>).</content>
public sealed partial class ProcessTable
{
    private const ulong WorthwhileFrames = 64;

    /// <summary>Ends a process because there is no memory for what <paramref name="asking"/> wants; whether that one can go on and try again.</summary>
    /// <remarks>
    /// Only to be called when nothing is being done to any process's memory that this processor may touch. When all are spared that there are, none is ended: the
    /// caller says what becomes of the wish. The lock is held before and after, but not while a process is waited for that another processor runs. One
    /// that is itself to be ended waits for nobody: of two that choose each other, the first has its way.
    /// </remarks>
    public bool TryMakeRoom(Process asking)
    {
        if (asking.Signals.IsKilled) return false;
        if (TryCollect(asking)) return true;
        Process? victim = ChooseVictim();
        if (victim == null) return false;
        ulong pages = victim.OwnResidentPages;
        if (!TryEndAnywhere(victim, asking)) return false;
        string reason = victim == asking ? "there was no memory for it" : "process " + asking.Id.ToString() + " (" + asking.Name + ") needed memory";
        Report(victim, pages, reason);
        return asking.State != ProcessState.Ended;
    }

    /// <summary>The processes of user <paramref name="userId"/>, those that nobody has waited for yet too.</summary>
    public int CountOf(uint userId)
    {
        int count = 0;
        for (int index = 0; index < _processes.Count; index++)
        {
            if (_processes[index].UserId == userId) count++;
        }

        return count;
    }

    // What becomes of a process that could not get a page: it goes on, when somebody else was ended for it.
    private void MakeRoomOrEnd(Process process)
    {
        if (process.LastFault == FaultOutcome.NoMemory && TryMakeRoom(process)) return;
        if (process.State == ProcessState.Ended || process.Signals.IsKilled) return;
        ulong pages = process.OwnResidentPages;
        string reason = process.LastFault == FaultOutcome.NoMemory ? "there is no memory, and nobody else to be ended" : "it has as many pages as it may";
        End(process, Signal.Kill);
        Report(process, pages, reason);
    }

    // What programs had open is objects of the kernel: before anybody is ended, those are collected that nobody has any more. Once a turn, or
    // a program that makes as many again would be served for ever.
    private static bool TryCollect(Process asking)
    {
        if (asking.HasCollected) return false;
        asking.HasCollected = true;
        ulong free = KernelMemory.Frames.Statistics.Free;
        return ObjectMemory.TryCollect() && KernelMemory.Frames.Statistics.Free >= free + WorthwhileFrames;
    }

    // Has processors leave it that run it, or who runs on its memory, and ends it when they have. False when the one that asks is to be ended meanwhile.
    private bool TryEndAnywhere(Process victim, Process asking)
    {
        while (victim.State != ProcessState.Ended && IsBusy(victim))
        {
            for (Process? sharer = victim; sharer != null; sharer = BorrowerOf(sharer))
            {
                if (!sharer.Signals.IsKilled) Send(sharer, SignalInfo.FromKernel(Signal.Kill));
            }

            GiveWay();
            if (asking.Signals.IsKilled) return false;
        }

        End(victim, Signal.Kill);
        return true;
    }

    private Process? ChooseVictim()
    {
        VictimChoice choice = new(KernelMemory.Frames.Statistics.Managed);
        for (int index = 0; index < _processes.Count; index++)
        {
            Process process = _processes[index];
            if (process.State != ProcessState.Ended) choice.Weigh(process.OwnResidentPages, process.KillMark);
        }

        for (int index = 0; index < _processes.Count; index++)
        {
            Process process = _processes[index];
            if (process.State != ProcessState.Ended) choice.Offer(process.Id, process.OwnResidentPages, process.KillMark);
        }

        return choice.Victim == 0 ? null : Find(choice.Victim);
    }

    // With what the victim gave back there is memory for the words, as a rule; without them it is as dead.
    private static void Report(Process victim, ulong pages, string reason)
    {
        KernelMemory.Space.Load();
        try
        {
            ProgramOutput.Write("process " + victim.Id.ToString() + " (" + victim.Name + ") killed with " + pages.ToString() + " pages resident: " + reason + "\n");
        }
        catch (Exception exception)
        {
            SystemCalls.ExpectShortage(exception);
        }
    }
}
