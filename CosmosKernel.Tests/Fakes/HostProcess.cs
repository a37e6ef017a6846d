using MemOS.Memory.Paging;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using User = MemOS.Memory.Virtual.UserMemory<MemOS.Tests.Fakes.HostSpace, MemOS.Tests.Fakes.HostMemory, MemOS.Tests.Fakes.HostUserSource>;

namespace MemOS.Tests.Fakes;

/// <summary>The memory of a process of a test, and a program that touches it as a processor would.</summary>
public sealed unsafe class HostProcess(User memory, HostMemory frames)
{
    public User Memory = memory;

    /// <summary>Reads, writes or executes a byte: faults are handled and the access tried again, as often as it takes.</summary>
    /// <returns>How the last fault ended; null when there was none.</returns>
    public FaultOutcome? Touch(VirtAddr address, FaultAccess access, ref byte value)
    {
        FaultOutcome? outcome = null;
        for (int turn = 0; ; turn++)
        {
            if (TryAccess(address, access, ref value)) return outcome;
            KernelAssert.That(turn < 2, "HostProcess: the fault comes again and again");
            outcome = Memory.HandleFault(address, access);
            if (!outcome.Value.IsHandled()) return outcome;
        }
    }

    public FaultOutcome? Write(VirtAddr address, byte value) => Touch(address, FaultAccess.Write, ref value);

    public FaultOutcome? Read(VirtAddr address, out byte value)
    {
        value = 0;
        return Touch(address, FaultAccess.Read, ref value);
    }

    public FaultOutcome? Execute(VirtAddr address)
    {
        byte value = 0;
        return Touch(address, FaultAccess.Execute, ref value);
    }

    // What the processor does: the entry decides, and nothing else.
    private bool TryAccess(VirtAddr address, FaultAccess access, ref byte value)
    {
        if (Memory.Space.Translate(address, out Translation translation) != PagingResult.Ok) return false;
        PageFlags wanted = PageFlags.User;
        if (access == FaultAccess.Write) wanted |= PageFlags.Writable;
        if (access == FaultAccess.Execute) wanted |= PageFlags.Executable;
        if ((translation.Flags & wanted) != wanted) return false;
        if ((translation.Flags & PageFlags.CacheDisabled) != 0) return true;
        byte* at = frames.Pointer(translation.Address);
        if (access == FaultAccess.Write) *at = value;
        else value = *at;
        return true;
    }
}
