namespace MemOS.Startup;

/// <content>x86-32: one processor and one thread.</content>
public static unsafe partial class ObjectMemory
{
    private static bool AreOthersOnTheirStacks => true;

    private static byte* TopOfStack(byte* stackPointer, in RootRegions regions) =>
        stackPointer < regions.StackBottom || stackPointer >= regions.StackTop ? null : regions.StackTop;

    private static void RetireOthersRuns()
    {
    }

    private static void MarkThreadStatics(in RootRegions regions)
    {
        if (regions.ThreadStatics != null) KernelMemory.Objects.MarkReference(*regions.ThreadStatics);
    }
}
