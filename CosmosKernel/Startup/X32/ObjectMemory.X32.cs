namespace MemOS.Startup;

/// <content>x86-32: one thread.</content>
public static unsafe partial class ObjectMemory
{
    private static bool AreOthersWorking => false;

    private static void MarkThreadStatics(in RootRegions regions)
    {
        if (regions.ThreadStatics != null) KernelMemory.Objects.MarkReference(*regions.ThreadStatics);
    }
}
