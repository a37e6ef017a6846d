using Cosmos.Core;
using IL2CPU.API.Attribs;
using MemOS.Startup;

namespace MemOS.Plugs.Cosmos;

/// <summary>The class library's threads are MemOS's.</summary>
[Plug(typeof(ThreadServices))]
public static unsafe class ThreadServicesPlug
{
    /// <summary>Makes a thread that does not run yet; null when there is no memory.</summary>
    public static WaitObject* Create(void* entry, CosmosAddress parameter, CosmosAddress stackBytes) => KernelThreads.Create(entry, parameter, stackBytes);

    /// <summary>Lets it run.</summary>
    public static void Start(WaitObject* thread) => KernelThreads.Start((KernelThread*)thread);

    /// <summary>Forgets its handle.</summary>
    public static void Close(WaitObject* thread) => KernelThreads.Release((KernelThread*)thread);

    /// <summary>Lets another thread run; false when there is none that could.</summary>
    public static bool Yield() => KernelThreads.TryYield();

    /// <summary>How many processors run.</summary>
    public static int ProcessorCount() => Processors.RunningCount;

    /// <summary>The one that runs this.</summary>
    public static int CurrentProcessor() => MemOS.Hardware.CrossCalls.Current.Value;
}
