using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>The arguments of a system call.</summary>
public readonly unsafe struct CallArguments
{
    private readonly UserContext* _context;

    /// <summary>Those in the registers of a program.</summary>
    public CallArguments(UserContext* context) => _context = context;

    /// <summary>The first.</summary>
    public ulong A => _context->Rdi;

    /// <summary>The second.</summary>
    public ulong B => _context->Rsi;

    /// <summary>The third.</summary>
    public ulong C => _context->Rdx;

    /// <summary>The fourth.</summary>
    public ulong D => _context->R10;

    /// <summary>The fifth.</summary>
    public ulong E => _context->R8;

    /// <summary>The sixth.</summary>
    public ulong F => _context->R9;

    /// <summary>The first as an address, cut to the width of addresses: what was cut off makes it one that is not the program's.</summary>
    public VirtAddr AddressA => AddressOf(A);

    /// <summary>The bytes that argument <paramref name="index"/> and the one after it name; an address that is none has no bytes.</summary>
    public VirtAddrRange Bytes(int index)
    {
        ulong start = index == 0 ? A : B;
        ulong sizeBytes = index == 0 ? B : C;
        return new VirtAddrRange(AddressOf(start), sizeBytes);
    }

    /// <summary>An address of a program; one that is not canonical becomes the last one of the kernel's half, which is nobody's.</summary>
    public static VirtAddr AddressOf(ulong value) =>
        VirtAddr.TryCreate(value, out VirtAddr address) ? address : VirtAddr.FromTrusted(unchecked(0UL - PageNumber.SizeBytes));
}
