using MemOS.Primitives;

namespace MemOS.Memory.Virtual;

/// <summary>The addresses that a process may use.</summary>
public readonly struct UserRange
{
    /// <summary>The pages of <paramref name="mappable"/>, of which areas that may lie anywhere go into <paramref name="anywhere"/>, from the top down.</summary>
    public UserRange(PageRange mappable, PageRange anywhere)
    {
        KernelAssert.That(mappable.Contains(anywhere) && !anywhere.IsEmpty, "UserRange: anywhere must be mappable");
        Mappable = mappable;
        Anywhere = anywhere;
    }

    /// <summary>Where areas may lie.</summary>
    public PageRange Mappable { get; }

    /// <summary>Where those without a wish go.</summary>
    public PageRange Anywhere { get; }
}
