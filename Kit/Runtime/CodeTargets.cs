using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kit.Runtime;

/// <summary>Addresses inside the image that the runtime needs; filled by the linker (Native/image.asm, same order).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CodeTargets
{
    public byte* ManagedStart;
    public byte* ManagedEnd;
    public byte* EhFrameHeader;
    public ReadyToRunHeader** ModulesStart;
    public ReadyToRunHeader** ModulesEnd;
    public DispatchEntry** DispatchBuckets;
    public byte* ReturnThrow;
    public byte* ReturnThrowHardware;
    public byte* ReturnRethrow;
    public byte* ReturnCatch;
    public byte* ReturnFinally;
    public byte* ReturnFilter;
    public byte* ReturnDispatch;
    public byte* LeafStart;
    public byte* LeafEnd;
    public byte* InterfaceDispatch;
    public byte* ThrowHardware;
    public void* GetRuntimeException;
    public void* AppendExceptionStackFrame;
    public void* GetSystemArrayEEType;
    public void* ThreadEntryPoint;

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "KitCodeTargets")]
    public static extern CodeTargets* Get();

    /// <summary>Whether <paramref name="address"/> lies in compiled C#.</summary>
    public readonly bool IsManaged(byte* address)
    {
        return address >= ManagedStart && address < ManagedEnd;
    }
}
