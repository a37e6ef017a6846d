using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cosmos.Core;

namespace Kit.Runtime;

/// <summary>The table of contents of a compiled module ("ReadyToRun" header); entries of 24 bytes follow it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ReadyToRunHeader
{
    public uint Signature;
    public ushort MajorVersion;
    public ushort MinorVersion;
    public uint Flags;
    public ushort SectionCount;
    public byte EntrySize;
    public byte EntryType;
}

/// <summary>An entry of the table: a numbered range.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ModuleSection
{
    public int Id;
    public int Flags;
    public byte* Start;
    public byte* End;
}

/// <summary>What a <c>TypeManagerHandle</c> of CoreLib points at: CoreLib reads the first word only.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TypeManager
{
    public void* OsModule;
    public ReadyToRunHeader* Header;
}

/// <summary>The compiled module of the image (everything is compiled into one) and its start-up.</summary>
internal static unsafe class Modules
{
    private static TypeManager s_typeManager;

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "InitializeModules")]
    private static extern void InitializeModules(void* osModule, ReadyToRunHeader** headers, int count, void** classlibFunctions, int functionCount);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "__managed__Startup")]
    private static extern void ManagedStartup();

    /// <summary>Makes the static blocks, runs the eager class constructors, then CoreLib's library initialisers.</summary>
    public static void Start()
    {
        CodeTargets* targets = CodeTargets.Get();
        ThreadBlock* thread = Threads.Current();
        GCServices.Roots.StackBottom = thread->StackBottom;
        GCServices.Roots.StackTop = thread->StackTop;
        GCServices.Roots.ThreadStatics = &thread->Statics;
        Finalizers.Install();
        Threads.Install();
        InitializeModules(targets->ManagedStart, targets->ModulesStart, (int)(targets->ModulesEnd - targets->ModulesStart), null, 0);
        ManagedStartup();
    }

    [RuntimeExport("RhpRegisterOsModule")]
    private static void* RegisterOsModule(void* osModule)
    {
        return osModule;
    }

    [RuntimeExport("RhpCreateTypeManager")]
    private static TypeManager* CreateTypeManager(void* osModule, ReadyToRunHeader* header, void** classlibFunctions, int functionCount)
    {
        s_typeManager.OsModule = osModule;
        s_typeManager.Header = header;
        return (TypeManager*)Unsafe.AsPointer(ref s_typeManager);
    }

    [RuntimeExport("RhpGetModuleSection")]
    private static void* GetModuleSection(TypeManager** manager, int id, int* length)
    {
        ReadyToRunHeader* header = (*manager)->Header;
        ModuleSection* section = (ModuleSection*)(header + 1);
        for (int i = 0; i < header->SectionCount; i++, section++)
        {
            if (section->Id == id)
            {
                *length = (int)(section->End - section->Start);
                return section->Start;
            }
        }

        *length = 0;
        return null;
    }

    // Blobs are numbered from 300 in the same table.
    [RuntimeExport("RhFindBlob")]
    private static bool FindBlob(TypeManager** manager, uint blobId, byte** start, uint* length)
    {
        int bytes;
        *start = (byte*)GetModuleSection(manager, (int)blobId + 300, &bytes);
        *length = (uint)bytes;
        return *start != null;
    }

    [RuntimeExport("RhGetOSModuleFromPointer")]
    private static void* GetOsModuleFromPointer(byte* address)
    {
        return s_typeManager.OsModule;
    }

    [RuntimeExport("RhGetLoadedOSModules")]
    private static uint GetLoadedOsModules(nint modules)
    {
        return 1;
    }

    [RuntimeExport("RhGetModuleFileName")]
    private static int GetModuleFileName(void* module, char** name)
    {
        *name = null;
        return 0;
    }

    [RuntimeExport("RhGetRuntimeVersion")]
    private static byte* GetRuntimeVersion(int* length)
    {
        *length = 0;
        return null;
    }

    [RuntimeExport("RhGetCrashInfoBuffer")]
    private static byte* GetCrashInfoBuffer(int* bytes)
    {
        *bytes = 0;
        return null;
    }

    // A method of a value type called through a reference goes through a stub that steps over the type word
    // (add rdi, 8; jmp method): two delegates are equal when they lead to the same method.
    [RuntimeExport("RhGetCodeTarget")]
    private static byte* GetCodeTarget(byte* code)
    {
        const uint AddRdi8 = 0x08C7_8348;
        const byte JumpRelative = 0xE9;
        return *(uint*)code == AddRdi8 && code[4] == JumpRelative ? code + 9 + *(int*)(code + 5) : code;
    }

    [RuntimeExport("RhGetTargetOfUnboxingAndInstantiatingStub")]
    private static byte* GetTargetOfUnboxingAndInstantiatingStub(byte* code)
    {
        return null;
    }

    // Objects made at compile time lie in the image: one segment.
    [RuntimeExport("RhRegisterFrozenSegment")]
    private static void* RegisterFrozenSegment(byte* start, nuint allocated, nuint committed, nuint reserved)
    {
        GCServices.Roots.ImageObjectsStart = start;
        GCServices.Roots.ImageObjectsEnd = start + allocated;
        return start;
    }

    [RuntimeExport("RhUpdateFrozenSegment")]
    private static void UpdateFrozenSegment(void* segment, void* allocated, void* committed)
    {
    }
}
