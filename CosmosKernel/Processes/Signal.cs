namespace MemOS.Processes;

/// <summary>The numbers of signals and what they do when a program has not said anything else (signal(7)).</summary>
public static class Signal
{
    /// <summary>SIGHUP.</summary>
    public const int Hangup = 1;

    /// <summary>SIGINT: somebody typed Ctrl-C.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGQUIT.</summary>
    public const int Quit = 3;

    /// <summary>SIGILL: no such instruction.</summary>
    public const int IllegalInstruction = 4;

    /// <summary>SIGTRAP: a breakpoint, or a single step.</summary>
    public const int Trap = 5;

    /// <summary>SIGABRT.</summary>
    public const int Abort = 6;

    /// <summary>SIGBUS: memory that an area shows and that is not there.</summary>
    public const int Bus = 7;

    /// <summary>SIGFPE: a calculation without a result.</summary>
    public const int Arithmetic = 8;

    /// <summary>SIGKILL: ends a program that is not asked.</summary>
    public const int Kill = 9;

    /// <summary>SIGSEGV: memory that is not the program's, or not for that.</summary>
    public const int Segmentation = 11;

    /// <summary>SIGPIPE: nobody reads any more.</summary>
    public const int Pipe = 13;

    /// <summary>SIGALRM.</summary>
    public const int Alarm = 14;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>SIGCHLD: a child has ended, stopped, or goes on.</summary>
    public const int Child = 17;

    /// <summary>SIGCONT: goes on after a stop.</summary>
    public const int Continue = 18;

    /// <summary>SIGSTOP: stops a program that is not asked.</summary>
    public const int Stop = 19;

    /// <summary>SIGTSTP: somebody typed Ctrl-Z.</summary>
    public const int TerminalStop = 20;

    /// <summary>SIGTTIN.</summary>
    public const int TerminalInput = 21;

    /// <summary>SIGTTOU.</summary>
    public const int TerminalOutput = 22;

    /// <summary>SIGURG.</summary>
    public const int Urgent = 23;

    /// <summary>SIGWINCH.</summary>
    public const int WindowChange = 28;

    /// <summary>SIGSYS.</summary>
    public const int BadCall = 31;

    /// <summary>The first one that is queued each time it is sent.</summary>
    public const int FirstQueued = 32;

    /// <summary>The last one.</summary>
    public const int Last = 64;

    /// <summary>Those that an instruction of the program itself causes; they are taken first.</summary>
    public static SignalSet Synchronous =>
        SignalSet.Of(Segmentation).With(Bus).With(IllegalInstruction).With(Trap).With(Arithmetic).With(BadCall);

    /// <summary>Those that stop a program.</summary>
    public static SignalSet Stopping => SignalSet.Of(Stop).With(TerminalStop).With(TerminalInput).With(TerminalOutput);

    /// <summary>Those that a program can neither block, catch nor ignore.</summary>
    public static SignalSet Unstoppable => SignalSet.Of(Kill).With(Stop);

    /// <summary>What <paramref name="number"/> does when the program has not said anything else.</summary>
    public static SignalDefault DefaultOf(int number)
    {
        if (number == Continue) return SignalDefault.Continue;
        if (number is Child or Urgent or WindowChange) return SignalDefault.Ignore;
        return Stopping.Has(number) ? SignalDefault.Stop : SignalDefault.Terminate;
    }

    /// <summary>Whether there is such a signal.</summary>
    public static bool Exists(int number) => number is >= 1 and <= Last;
}
