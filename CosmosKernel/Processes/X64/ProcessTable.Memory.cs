using System;
using MemOS.Memory.Pressure;
using MemOS.Memory.Virtual;
using MemOS.Startup;

namespace MemOS.Processes;

/// <content>What is done when there is no memory: a process is ended, so that the others go on (<see cref="VictimChoice"/>).</content>
public sealed partial class ProcessTable
{
    private const ulong WorthwhileFrames = 64;

    private bool _hasCollected;

    /// <summary>Ends a process because there is no memory for what <paramref name="asking"/> wants; whether that one can go on and try again.</summary>
    /// <remarks>
    /// Only to be called when nothing is being done to any process's memory. When all are spared that there are, none is ended: the
    /// caller says what becomes of the wish.
    /// </remarks>
    public bool TryMakeRoom(Process asking)
    {
        if (TryCollect()) return true;
        Process? victim = ChooseVictim();
        if (victim == null) return false;
        ulong pages = victim.OwnResidentPages;
        End(victim, Signal.Kill);
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
        if (process.State == ProcessState.Ended) return;
        ulong pages = process.OwnResidentPages;
        string reason = process.LastFault == FaultOutcome.NoMemory ? "there is no memory, and nobody else to be ended" : "it has as many pages as it may";
        End(process, Signal.Kill);
        Report(process, pages, reason);
    }

    // What programs had open is objects of the kernel: before anybody is ended, those are collected that nobody has any more. Once a turn, or
    // a program that makes as many again would be served for ever.
    private bool TryCollect()
    {
        if (_hasCollected) return false;
        _hasCollected = true;
        ulong free = KernelMemory.Frames.Statistics.Free;
        return ObjectMemory.TryCollect() && KernelMemory.Frames.Statistics.Free >= free + WorthwhileFrames;
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

    // With what the victim gave back there is memory for the words; without them it is as dead.
    private static void Report(Process victim, ulong pages, string reason)
    {
        KernelMemory.Space.Load();
        Console.WriteLine("process " + victim.Id.ToString() + " (" + victim.Name + ") killed with " + pages.ToString() + " pages resident: " + reason);
    }
}
