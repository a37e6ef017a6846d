namespace MemOS.Startup;

/// <summary>Why objects are collected.</summary>
public enum CollectionReason
{
    /// <summary>The budget is used up, or the zones are low.</summary>
    Budget = 0,

    /// <summary>A program asked for it.</summary>
    Request,

    /// <summary>An allocation found no memory.</summary>
    Exhaustion,
}
