using System;

namespace IL2CPU.API.Attribs;

/// <summary>The type or member is compiled even when nothing names it.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ForceIncludeAttribute : Attribute
{
}

/// <summary>Gives a method's code a label that assembler sources can name.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor)]
public sealed class AsmLabelAttribute : Attribute
{
    /// <summary>Creates the attribute for <paramref name="label"/>.</summary>
    public AsmLabelAttribute(string label)
    {
        Label = label;
    }

    /// <summary>The label.</summary>
    public string Label { get; }
}

/// <summary>The method runs at boot, before the kernel object exists.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BootEntryAttribute : Attribute
{
    /// <summary>Creates the attribute; entries run in the order of <paramref name="entryIndex"/>.</summary>
    public BootEntryAttribute(int entryIndex = 0)
    {
        EntryIndex = entryIndex;
    }

    /// <summary>The place in the order of boot entries.</summary>
    public int EntryIndex { get; }
}

/// <summary>The compiler should inline the method.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InlineAttribute : Attribute
{
}
