using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Startup;

/// <content>x86-64: a thread a processor.</content>
public static unsafe partial class ObjectMemory
{
    private static bool AreOthersWorking
    {
        get
        {
            for (int number = 1; number < CrossCalls.Count; number++)
            {
                if (CrossCalls.HasWork(CpuId.FromTrusted(number))) return true;
            }

            return false;
        }
    }

    private static void MarkThreadStatics(in RootRegions regions)
    {
        _ = regions;
        for (int number = 0; number < CrossCalls.Count; number++)
        {
            void* statics = (void*)CrossCalls.AreaOf(CpuId.FromTrusted(number))->Thread.Statics;
            if (statics != null) KernelMemory.Objects.MarkReference(statics);
        }
    }
}
