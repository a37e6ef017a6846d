using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <content>Memory.</content>
public sealed unsafe partial class SystemCalls
{
    // mmap(2), mremap(2), madvise(2): Linux's values.
    private const ulong Shared = 0x01;
    private const ulong Private = 0x02;
    private const ulong SharedChecked = 0x03;
    private const ulong Fixed = 0x10;
    private const ulong Anonymous = 0x20;
    private const ulong FixedNoReplace = 0x100000;
    private const ulong MayMove = 1;
    private const ulong MoveFixed = 2;
    private const ulong KnownSharedFlags = 0x7C07_F9F3; // Those that there were before MAP_SHARED_VALIDATE.
    private const ulong KnownAccess = 15; // PROT_READ, PROT_WRITE, PROT_EXEC, PROT_SEM
    private const ulong Sequential = 2;
    private const ulong WillNeed = 3;
    private const ulong DontNeed = 4;
    private const ulong Free = 8;
    private const ulong Mergeable = 12;
    private const ulong DoDump = 17;
    private const ulong Cold = 20;
    private const ulong PageOut = 21;
    private const ulong PageMask = PageNumber.SizeBytes - 1;

    private long MapMemory(Process process, CallArguments call)
    {
        ulong flags = call.D;
        ulong sharing = flags & SharedChecked;
        if ((call.F & PageMask) != 0) return LinuxError.Invalid;
        if ((flags & Anonymous) == 0 && process.Files.Find(call.E) == null) return LinuxError.BadFile;
        if (sharing == 0 || (sharing == SharedChecked && (flags & Anonymous) != 0) || call.B == 0) return LinuxError.Invalid;
        bool isShared = sharing != Private;
        Placement placement = (flags & FixedNoReplace) != 0 ? Placement.FixedIfFree : (flags & Fixed) != 0 ? Placement.Fixed : Placement.Anywhere;
        AreaAccess access = (AreaAccess)(call.C & 7);
        if ((flags & Anonymous) == 0) return MapFile(process, call, placement, isShared, access);
        if (!isShared) return Map(process, new MapRequest(call.AddressA, placement, call.B, AreaKind.Private, access, null, 0));

        if (call.B > process.Places.Range.Mappable.SizeBytes || !default(ProcessSource).TryAllocateObject(out MemoryObject* backing)) return LinuxError.NoMemory;
        *backing = MemoryObject.Zeros(PageNumber.CountFor(call.B));
        long result = Map(process, new MapRequest(call.AddressA, placement, call.B, AreaKind.Shared, access, backing, 0));
        if (backing->DropUser(default(Hardware.DirectMap), default(ProcessSource))) default(ProcessSource).FreeObject(backing);
        return result;
    }

    private long MapFile(Process process, CallArguments call, Placement placement, bool isShared, AreaAccess access)
    {
        OpenFile? file = process.Files.Find(call.E);
        if (file is not ArchiveFile archived) return LinuxError.NoDevice;
        if (call.F > long.MaxValue || call.B > long.MaxValue - call.F) return LinuxError.Overflow;
        if ((call.D & SharedChecked) == SharedChecked && (call.D & ~KnownSharedFlags) != 0) return LinuxError.NotSupported;
        bool isEntered = _table.IsEntered;
        if (!isEntered) _table.Enter();
        MemoryObject* backing = ProgramFiles.ObjectOf(archived.Entry);
        if (!isEntered) _table.Leave();
        if (backing == null) return LinuxError.NoMemory;
        AreaKind kind = isShared ? AreaKind.FileShared : AreaKind.FilePrivate;
        return Map(process, new MapRequest(call.AddressA, placement, call.B, kind, access, backing, call.F >> PageNumber.Shift));
    }

    private static long Map(Process process, MapRequest request)
    {
        UserError error = process.Memory.Map(in request, out VirtAddr start);
        return error == UserError.None ? (long)start.Value : -(long)error;
    }

    private static long MoveMemory(Process process, CallArguments call)
    {
        if ((call.D & ~(MayMove | MoveFixed)) != 0 || call.D == MoveFixed) return LinuxError.Invalid;
        Mobility mobility = (call.D & MoveFixed) != 0 ? Mobility.Fixed : (call.D & MayMove) != 0 ? Mobility.Allowed : Mobility.None;
        UserError error = process.Memory.Remap(call.AddressA, call.B, call.C, mobility, CallArguments.AddressOf(call.E), out VirtAddr moved);
        return error == UserError.None ? (long)moved.Value : -(long)error;
    }

    private static long Protect(Process process, CallArguments call)
    {
        if ((call.A & PageMask) != 0 || (call.C & ~KnownAccess) != 0) return LinuxError.Invalid;
        return -(long)process.Memory.Protect(call.AddressA, call.B, (AreaAccess)(call.C & 7));
    }

    // What would change what a program sees, and is not here, is refused.
    private static long Advise(Process process, CallArguments call)
    {
        bool isHint = call.C is <= Sequential or (>= Mergeable and <= DoDump) or Cold or PageOut;
        bool isWrapped = call.B > ulong.MaxValue - PageMask || unchecked(call.A + call.B) < call.A;
        if ((!isHint && call.C is not WillNeed and not DontNeed and not Free) || (call.A & PageMask) != 0 || isWrapped) return LinuxError.Invalid;
        return call.C switch
        {
            DontNeed => -(long)process.Memory.Drop(call.AddressA, call.B),
            Free => -(long)process.Memory.DropPrivate(call.AddressA, call.B),
            WillNeed => -(long)process.Memory.Fetch(call.AddressA, call.B),
            _ => -(long)process.Memory.Check(call.AddressA, call.B),
        };
    }

    // A page of answers at a time, as they are stored.
    private static long InCore(Process process, CallArguments call)
    {
        if ((call.A & PageMask) != 0) return LinuxError.Invalid;
        ulong end = process.Places.Range.Mappable.End.Start.Value;
        if (call.A > end || call.B > end - call.A) return LinuxError.NoMemory;
        ulong count = PageNumber.CountFor(call.B);
        if (call.C > end || count > end - call.C) return LinuxError.BadAddress;
        byte[] answers = new byte[count < PageNumber.SizeBytes ? count : PageNumber.SizeBytes];
        for (ulong done = 0; done < count;)
        {
            ulong part = count - done < (ulong)answers.Length ? count - done : (ulong)answers.Length;
            fixed (byte* first = answers)
            {
                UserError error = process.Memory.FindResident(call.AddressA + PageNumber.BytesOf(done), part, first);
                if (error != UserError.None) return -(long)error;
                if (process.Memory.CopyTo(CallArguments.AddressOf(call.C + done), first, part) != part) return LinuxError.BadAddress;
            }

            done += part;
        }

        return 0;
    }
}
