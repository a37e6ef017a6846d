using MemOS.Hardware;
using MemOS.Primitives;

namespace MemOS.Boot;

/// <summary>The firmware's list of ACPI tables (ACPI specification 6.5, 5.2.5 to 5.2.8).</summary>
public readonly unsafe struct AcpiRoot<TMemory>
    where TMemory : struct, IPhysicalMemory
{
    private const int OldPointerBytes = 20;
    private const int NewPointerBytes = 36;
    private const int RevisionOffset = 15;
    private const int OldListOffset = 16;
    private const int NewListOffset = 24;

    private readonly AcpiMemory<TMemory> _memory;
    private readonly AcpiTable<TMemory> _list;
    private readonly int _addressBytes;

    private AcpiRoot(in AcpiMemory<TMemory> memory, in AcpiTable<TMemory> list, int addressBytes)
    {
        _memory = memory;
        _list = list;
        _addressBytes = addressBytes;
    }

    /// <summary>How many tables are in the list.</summary>
    public int Count => _addressBytes == 0 ? 0 : (int)(_list.SizeBytes - AcpiTable<TMemory>.HeaderBytes) / _addressBytes;

    /// <summary>Opens the list that the root pointer structure names: the one with 64-bit addresses when it can be used, else the other.</summary>
    /// <param name="memory">Where tables can be read.</param>
    /// <param name="pointer">The root pointer structure (RSDP), as the boot loader copied it; null for none.</param>
    /// <param name="pointerBytes">The bytes of the copy.</param>
    /// <param name="root">The list; without tables unless the result is <see cref="AcpiFault.None"/>.</param>
    public static AcpiFault Open(in AcpiMemory<TMemory> memory, byte* pointer, int pointerBytes, out AcpiRoot<TMemory> root)
    {
        root = default;
        if (pointer == null || pointerBytes == 0) return AcpiFault.Missing;
        if (pointerBytes < OldPointerBytes) return AcpiFault.WrongLength;
        if (!HasSignature(pointer)) return AcpiFault.WrongSignature;
        if (Sum(pointer, OldPointerBytes) != 0) return AcpiFault.WrongChecksum;

        AcpiFault fault = AcpiFault.Missing;
        // SAFETY, here and below: offsets are below the bytes of the copy that were just checked.
        if (pointerBytes >= NewPointerBytes && pointer[RevisionOffset] >= 2)
        {
            fault = Sum(pointer, NewPointerBytes) != 0
                ? AcpiFault.WrongChecksum
                : Open(in memory, Number(pointer + NewListOffset, sizeof(ulong)), AcpiSignature.Xsdt, sizeof(ulong), out root);
        }

        if (fault == AcpiFault.None) return fault;
        AcpiFault oldFault = Open(in memory, Number(pointer + OldListOffset, sizeof(uint)), AcpiSignature.Rsdt, sizeof(uint), out root);
        return oldFault == AcpiFault.Missing ? fault : oldFault;
    }

    /// <summary>Opens the first table of a kind.</summary>
    /// <returns>
    /// What is wrong with that table. When none has the signature, <see cref="AcpiFault.Missing"/>, or
    /// <see cref="AcpiFault.Unreachable"/> if there are tables that cannot be read and may have it.
    /// </returns>
    public AcpiFault Find(AcpiSignature signature, out AcpiTable<TMemory> table)
    {
        AcpiFault otherwise = AcpiFault.Missing;
        for (int index = 0; index < Count; index++)
        {
            ulong number = _list.Number(AcpiTable<TMemory>.HeaderBytes + (uint)(index * _addressBytes), _addressBytes);
            if (number == 0) continue;
            if (!PhysAddr.TryCreate(number, out PhysAddr start) || !_memory.Contains(start, AcpiTable<TMemory>.HeaderBytes))
            {
                otherwise = AcpiFault.Unreachable;
                continue;
            }

            if (AcpiTable<TMemory>.SignatureAt(in _memory, start) == signature) return AcpiTable<TMemory>.Open(in _memory, start, signature, out table);
        }

        table = default;
        return otherwise;
    }

    private static AcpiFault Open(
        in AcpiMemory<TMemory> memory, ulong number, AcpiSignature signature, int addressBytes, out AcpiRoot<TMemory> root)
    {
        root = default;
        if (number == 0) return AcpiFault.Missing;
        if (!PhysAddr.TryCreate(number, out PhysAddr start)) return AcpiFault.Unreachable;
        AcpiFault fault = AcpiTable<TMemory>.Open(in memory, start, signature, out AcpiTable<TMemory> list);
        if (fault == AcpiFault.None) root = new AcpiRoot<TMemory>(in memory, in list, addressBytes);
        return fault;
    }

    private static bool HasSignature(byte* pointer)
    {
        const string Signature = "RSD PTR ";
        for (int index = 0; index < Signature.Length; index++)
        {
            if (pointer[index] != Signature[index]) return false;
        }

        return true;
    }

    private static byte Sum(byte* bytes, int count)
    {
        byte sum = 0;
        for (int index = 0; index < count; index++) sum = unchecked((byte)(sum + bytes[index]));
        return sum;
    }

    private static ulong Number(byte* bytes, int count)
    {
        ulong number = 0;
        for (int index = count - 1; index >= 0; index--) number = number << 8 | bytes[index];
        return number;
    }
}
