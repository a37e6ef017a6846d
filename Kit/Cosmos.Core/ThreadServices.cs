namespace Cosmos.Core;

/// <summary>What the runtime asks of a kernel about threads and processors. The in-tree kit's own.</summary>
/// <remarks>
/// By default there is one of each, as in the real kit. A kernel with threads replaces all of the methods by plugs. Its threads give way by themselves,
/// in <see cref="Yield"/>: the runtime calls that where a thread waits or sleeps.
/// </remarks>
public static unsafe class ThreadServices
{
    /// <summary>Runs a thread's function with its parameter; set by the runtime. A kernel calls it as the first thing on the thread's stack.</summary>
    public static delegate*<void*, CosmosAddress, void> RunHook;

    /// <summary>Makes a thread that does not run yet; null when there is no memory, or there are no threads.</summary>
    /// <param name="entry">Its function.</param>
    /// <param name="parameter">What that gets.</param>
    /// <param name="stackBytes">The bytes of its stack; 0 for as many as usual.</param>
    public static WaitObject* Create(void* entry, CosmosAddress parameter, CosmosAddress stackBytes) => null;

    /// <summary>Lets a thread run that was made.</summary>
    public static void Start(WaitObject* thread)
    {
    }

    /// <summary>Forgets the handle of a thread, which may go on running.</summary>
    public static void Close(WaitObject* thread)
    {
    }

    /// <summary>Lets another thread run; false when there is none that could.</summary>
    public static bool Yield() => false;

    /// <summary>How many processors run threads.</summary>
    public static int ProcessorCount() => 1;

    /// <summary>The one that runs this.</summary>
    public static int CurrentProcessor() => 0;
}
