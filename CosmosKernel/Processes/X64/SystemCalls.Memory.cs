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
    private const ulong WillNeed = 3;
    private const ulong DontNeed = 4;
    private const ulong LastAdvice = 25;

    private static long MapMemory(Process process, CallArguments call)
    {
        ulong flags = call.D;
        ulong sharing = flags & SharedChecked;
        if (sharing == 0 || (call.F & (PageNumber.SizeBytes - 1)) != 0 || call.B == 0) return LinuxError.Invalid;
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

    private static long MapFile(Process process, CallArguments call, Placement placement, bool isShared, AreaAccess access)
    {
        OpenFile? file = process.Files.Find(call.E);
        if (file == null) return LinuxError.BadFile;
        if (file is not ArchiveFile archived) return LinuxError.AccessDenied;
        MemoryObject* backing = ProgramFiles.ObjectOf(archived.Entry);
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

    private static long Advise(Process process, CallArguments call) => call.C switch
    {
        DontNeed => -(long)process.Memory.Drop(call.AddressA, call.B),
        WillNeed => -(long)process.Memory.Fetch(call.AddressA, call.B),
        <= LastAdvice => 0, // What else there is changes nothing that a program can see.
        _ => LinuxError.Invalid,
    };

    private static long InCore(Process process, CallArguments call)
    {
        if (!call.AddressA.IsPageAligned) return LinuxError.Invalid;
        if (call.B > process.Places.Range.Mappable.SizeBytes) return LinuxError.NoMemory;
        ulong count = PageNumber.CountFor(call.B);
        byte[] one = new byte[1];
        for (ulong index = 0; index < count; index++)
        {
            VirtAddr page = CallArguments.AddressOf(unchecked(call.A + PageNumber.BytesOf(index)));
            one[0] = process.Memory.IsResident(page, out UserError error) ? (byte)1 : (byte)0;
            if (error != UserError.None) return -(long)error;
            long stored = Store(process, unchecked(call.C + index), one);
            if (stored != 0) return stored;
        }

        return 0;
    }
}
