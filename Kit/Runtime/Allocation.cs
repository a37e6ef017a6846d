using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>
/// What <c>new</c> compiles to. Every object comes from <see cref="GCImplementation.AllocNewObject"/>, zeroed; the object
/// starts one word after the block, since the word before an object belongs to it.
/// </summary>
internal static unsafe class Allocation
{
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RhExceptionHandling_FailedAllocation")]
    private static extern void FailedAllocation(MethodTable* type, bool isOverflow);

    [RuntimeExport("RhpNewFast")]
    private static nint NewObject(MethodTable* type)
    {
        nuint block = GCServices.AllocAtHand(type->BaseSize);
        if (block == 0)
            return NewObjectFurther(type);
        nuint address = block + Objects.HeaderBytes;
        *(MethodTable**)address = type;
        return (nint)address;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint NewObjectFurther(MethodTable* type)
    {
        return Begin(type, GCImplementation.AllocNewObject(type->BaseSize));
    }

    /// <summary>Gives an object its type; throws when there is no memory for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Begin(MethodTable* type, nuint block)
    {
        if (block == 0)
            FailedAllocation(type, isOverflow: false);
        nuint address = block + Objects.HeaderBytes;
        *(MethodTable**)address = type;
        return (nint)address;
    }

    [RuntimeExport("RhpNewArrayFast")]
    private static nint NewArray(MethodTable* type, nint length)
    {
        return NewVariableSize(type, length, type->ComponentSize);
    }

    [RuntimeExport("RhpNewPtrArrayFast")]
    private static nint NewPointerArray(MethodTable* type, nint length)
    {
        return NewVariableSize(type, length, (uint)sizeof(void*));
    }

    [RuntimeExport("RhNewString")]
    private static nint NewString(MethodTable* type, nint length)
    {
        return NewVariableSize(type, length, sizeof(char));
    }

    // CoreLib's own calls that bypass the fast helpers; the result is returned through a pointer.
    [RuntimeExport("RhAllocateNewObject")]
    private static void AllocateNewObject(MethodTable* type, uint flags, nint* result)
    {
        nuint block = GCImplementation.AllocNewObject(type->BaseSize);
        if (block == 0)
        {
            *result = 0;
            return;
        }

        *(MethodTable**)(block + Objects.HeaderBytes) = type;
        *result = (nint)(block + Objects.HeaderBytes);
    }

    [RuntimeExport("RhAllocateNewArray")]
    private static void AllocateNewArray(MethodTable* type, nint length, uint flags, nint* result)
    {
        *result = NewVariableSize(type, length, type->ComponentSize);
    }

    private static nint NewVariableSize(MethodTable* type, nint length, uint elementSize)
    {
        if ((nuint)length > int.MaxValue)
            FailedAllocation(type, isOverflow: true);
        ulong size = (type->BaseSize + ((ulong)length * elementSize) + 7) & ~7ul;
        nuint block = GCImplementation.AllocNewObject((nuint)size);
        if (block == 0)
            FailedAllocation(type, isOverflow: false);
        nuint address = block + Objects.HeaderBytes;
        *(MethodTable**)address = type;
        *(int*)(address + (nuint)sizeof(void*)) = (int)length;
        return (nint)address;
    }
}
