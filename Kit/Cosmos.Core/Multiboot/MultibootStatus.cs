namespace Cosmos.Core.Multiboot;

/// <summary>Whether the boot loader's information could be read.</summary>
public enum MultibootStatus
{
    /// <summary>Nothing was read yet.</summary>
    NotRead = 0,

    /// <summary>Everything was read.</summary>
    Ok,

    /// <summary>The address is null or not aligned to 8 bytes.</summary>
    BadAddress,

    /// <summary>The total size is smaller than an empty block or larger than any real one.</summary>
    BadTotalSize,

    /// <summary>A tag is smaller than its header or reaches beyond the end; those before it were read.</summary>
    BadTag,

    /// <summary>The list ends without its end tag; every tag was read.</summary>
    NoEndTag,
}
