namespace MemOS.Processes;

/// <content>Waiting for one of several files (poll(2), select(2)).</content>
public sealed unsafe partial class SystemCalls
{
    private const ulong MostPolled = OpenFiles.MostFiles;
    private const ulong WordBits = 64;
    private const FileEvents AlwaysTold = FileEvents.Broken | FileEvents.HungUp | FileEvents.NotOpen;
    private const FileEvents ForReading = FileEvents.Readable | FileEvents.HungUp | FileEvents.Broken;
    private const FileEvents ForWriting = FileEvents.Writable | FileEvents.Broken;

    private static long Poll(Process process, CallArguments call)
    {
        int milliseconds = unchecked((int)call.C);
        long found = PollOnce(process, call.A, call.B);
        if (found != 0 || milliseconds == 0) return EndPoll(process, found);
        if (milliseconds < 0) return Wait;
        return WaitFor(process, milliseconds, TimeLimit.Relative);
    }

    private static long PollMasked(Process process, CallArguments call)
    {
        if (call.D != 0)
        {
            if (call.E != SignalSetBytes) return LinuxError.Invalid;
            if (!TryLoad(process, call.D, out SignalSet mask)) return LinuxError.BadAddress;
            process.Signals.ReplaceMask(mask);
        }

        long found = PollOnce(process, call.A, call.B);
        if (found == 0) found = call.C == 0 ? Wait : WaitUntil(process, call.C, TimeLimit.Relative);
        return found == Wait ? Wait : EndPoll(process, found);
    }

    // How many entries have something to tell; an error.
    private static long PollOnce(Process process, ulong entries, ulong count)
    {
        if (count > MostPolled) return LinuxError.Invalid;
        long found = 0;
        for (ulong index = 0; index < count; index++)
        {
            ulong at = unchecked(entries + (index * (ulong)sizeof(PollEntry)));
            if (!TryLoad(process, at, out PollEntry entry)) return LinuxError.BadAddress;
            FileEvents told = entry.File < 0 ? FileEvents.None : EventsOf(process, (ulong)entry.File) & ((FileEvents)entry.Wanted | AlwaysTold);
            entry.Found = (short)told;
            if (told != FileEvents.None) found++;
            if (Store(process, at, in entry) != 0) return LinuxError.BadAddress;
        }

        return found;
    }

    private static FileEvents EventsOf(Process process, ulong number)
    {
        OpenFile? file = process.Files.Find(number);
        return file == null ? FileEvents.NotOpen : file.Events;
    }

    private static long EndPoll(Process process, long result)
    {
        process.Signals.RestoreMask();
        process.WakeTime = 0;
        return result;
    }

    // select and pselect6: the sets are read each time, and written when there is something to tell or it is time.
    private static long Select(Process process, CallArguments call, SelectKind kind)
    {
        int count = unchecked((int)call.A);
        if (count < 0) return LinuxError.Invalid;
        if (count > OpenFiles.MostFiles) count = OpenFiles.MostFiles;
        if (kind == SelectKind.Masked && !TryReplaceMask(process, call.F, out long error)) return error;
        long found = SelectOnce(process, call, count, SelectStep.Look);
        if (found == 0)
        {
            found = call.E == 0 ? Wait : kind == SelectKind.Masked ? WaitUntil(process, call.E, TimeLimit.Relative) : WaitForTimeValue(process, call.E);
            if (found == Wait) return Wait;
        }

        if (found >= 0) found = SelectOnce(process, call, count, SelectStep.Tell);
        return EndPoll(process, found);
    }

    // pselect6's last argument names the mask and its size.
    private static bool TryReplaceMask(Process process, ulong argument, out long error)
    {
        error = 0;
        if (argument == 0) return true;
        error = LinuxError.BadAddress;
        if (!TryLoadWord(process, argument, out ulong place) || !TryLoadWord(process, unchecked(argument + 8), out ulong sizeBytes)) return false;
        if (place == 0) return true;
        error = LinuxError.Invalid;
        if (sizeBytes != SignalSetBytes) return false;
        error = LinuxError.BadAddress;
        if (!TryLoad(process, place, out SignalSet mask)) return false;
        process.Signals.ReplaceMask(mask);
        return true;
    }

    private static long SelectOnce(Process process, CallArguments call, int count, SelectStep step)
    {
        long found = 0;
        for (int first = 0; first < count; first += (int)WordBits)
        {
            ulong offset = (ulong)first / 8;
            int bits = count - first < (int)WordBits ? count - first : (int)WordBits;
            for (int set = 0; set < 3; set++)
            {
                ulong place = set == 0 ? call.B : set == 1 ? call.C : call.D;
                if (place == 0) continue;
                ulong at = unchecked(place + offset);
                if (!TryLoadWord(process, at, out ulong wanted)) return LinuxError.BadAddress;
                FileEvents events = set == 0 ? ForReading : set == 1 ? ForWriting : FileEvents.None; // Nothing exceptional happens here.
                if (!TryMatch(process, first, bits, wanted, events, out ulong told)) return LinuxError.BadFile;
                for (ulong left = told; left != 0; left &= left - 1) found++;
                if (step == SelectStep.Tell && Store(process, at, in told) != 0) return LinuxError.BadAddress;
            }
        }

        return found;
    }

    private static bool TryMatch(Process process, int first, int bits, ulong wanted, FileEvents events, out ulong told)
    {
        told = 0;
        for (int bit = 0; bit < bits; bit++)
        {
            if ((wanted >> bit & 1) == 0) continue;
            FileEvents found = EventsOf(process, (ulong)(first + bit));
            if (found == FileEvents.NotOpen) return false;
            if ((found & events) != FileEvents.None) told |= 1UL << bit;
        }

        return true;
    }

    private enum SelectKind
    {
        Plain = 0,
        Masked,
    }

    private enum SelectStep
    {
        Look = 0,
        Tell,
    }
}
