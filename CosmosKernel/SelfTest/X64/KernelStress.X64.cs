namespace MemOS.SelfTest;

/// <content>x86-64: several processors.</content>
public static unsafe partial class KernelStress
{
    static partial void AddOfProcessors(StressSuite suite) => suite.Add(new ProcessorStress(new SystemClock()));
}
