using MemOS.Memory.Virtual;

namespace MemOS.Tests.Fakes;

/// <summary>A page of a <see cref="UserModel"/>.</summary>
/// <param name="Kind">Where its bytes come from.</param>
/// <param name="Access">What may be done with it.</param>
/// <param name="Backing">The object it shows, or null.</param>
/// <param name="Page">The object's page.</param>
/// <param name="Own">The process's own bytes at <see cref="UserModel.Offsets"/>, once it has written some.</param>
public sealed record ModelPage(AreaKind Kind, AreaAccess Access, ModelObject? Backing, ulong Page, byte[]? Own)
{
    public byte Read(int at) => Own != null ? Own[at] : Backing != null ? Backing.Read(Page, at) : (byte)0;
}
