using System;
using IL2CPU.API.Attribs;
using MemOS.Primitives;

namespace MemOS.Hardware;

/// <summary>The processor: every instruction that C# cannot say.</summary>
/// <remarks>
/// <para>
/// Each method marked <see cref="PlugMethodAttribute.PlugRequired"/> is one plug point: its body in C# throws, and the build of an image
/// fails unless X# replaces it (Plugs/X86). On the desktop nothing here can run. Pure code does not call this class: it
/// returns what is to be done, and one driver does it.
/// </para>
/// <para>
/// A machine word (control registers, addresses, flags) is a <c>CosmosAddress</c>: 64 bits on x86-64, 32 on x86-32. The raw forms that
/// take an address as a word are internal; the public ones take the typed address.
/// </para>
/// </remarks>
public static unsafe partial class Cpu
{
    /// <summary>Reads CR0: protection, paging, write protection, cache control.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress ReadCr0() => throw new NotImplementedException();

    /// <summary>Writes CR0.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void WriteCr0(CosmosAddress value) => throw new NotImplementedException();

    /// <summary>Reads CR2, the linear address that the last page fault was about.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress ReadCr2() => throw new NotImplementedException();

    /// <summary>Writes CR2; only a test needs to.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void WriteCr2(CosmosAddress value) => throw new NotImplementedException();

    /// <summary>Reads CR3: the physical address of the root table and its attributes.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress ReadCr3() => throw new NotImplementedException();

    /// <summary>Writes CR3, which switches the address space and flushes all but global translations.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void WriteCr3(CosmosAddress value) => throw new NotImplementedException();

    /// <summary>Reads CR4: which features of the processor are switched on.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress ReadCr4() => throw new NotImplementedException();

    /// <summary>Writes CR4.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void WriteCr4(CosmosAddress value) => throw new NotImplementedException();

    /// <summary>Drops this processor's translations of the page that <paramref name="address"/> lies in, global ones too.</summary>
    public static void InvalidatePage(VirtAddr address) => Invlpg(unchecked((CosmosAddress)address.Value));

    /// <summary>Drops all of this processor's translations, of all address spaces, global ones too; needs <see cref="CpuFeature.Invpcid"/>.</summary>
    public static void InvalidateAllPages()
    {
        const CosmosAddress AllWithGlobal = 2; // SDM 2A, INVPCID
        CpuidResult descriptor = default; // 16 bytes of zeros, which is all that this type asks for
        Invpcid(AllWithGlobal, &descriptor); // SAFETY: it lies on the stack.
    }

    /// <summary>Reads model-specific register <paramref name="index"/>; one that does not exist faults (see <see cref="ProbeReadMsr"/>).</summary>
    [PlugMethod(PlugRequired = true)]
    public static ulong ReadMsr(uint index) => throw new NotImplementedException();

    /// <summary>Writes model-specific register <paramref name="index"/>; one that does not exist or does not take the value faults.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void WriteMsr(uint index, ulong value) => throw new NotImplementedException();

    /// <summary>Asks the processor what it is and can do.</summary>
    public static CpuidResult Cpuid(uint leaf, uint subleaf = 0)
    {
        CpuidResult result = default;
        ReadCpuid(leaf, subleaf, &result); // SAFETY: the plug writes the struct's four words.
        return result;
    }

    /// <summary>Reads the time-stamp counter; neither earlier nor later instructions wait for it.</summary>
    [PlugMethod(PlugRequired = true)]
    public static ulong ReadTimestamp() => throw new NotImplementedException();

    /// <summary>A word of RDSEED in the lower half, the upper half all ones; 0 when there was none just now. The processor must have it.</summary>
    [PlugMethod(PlugRequired = true)]
    public static ulong ReadSeed() => throw new NotImplementedException();

    /// <summary>A word of RDRAND; as <see cref="ReadSeed"/>.</summary>
    [PlugMethod(PlugRequired = true)]
    public static ulong ReadRandom() => throw new NotImplementedException();

    /// <summary>Reads a byte from a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static byte In8(ushort port) => throw new NotImplementedException();

    /// <summary>Reads a 16-bit word from a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static ushort In16(ushort port) => throw new NotImplementedException();

    /// <summary>Reads a 32-bit word from a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static uint In32(ushort port) => throw new NotImplementedException();

    /// <summary>Writes a byte to a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Out8(ushort port, byte value) => throw new NotImplementedException();

    /// <summary>Writes a 16-bit word to a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Out16(ushort port, ushort value) => throw new NotImplementedException();

    /// <summary>Writes a 32-bit word to a port.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Out32(ushort port, uint value) => throw new NotImplementedException();

    /// <summary>Halts until the next interrupt; with interrupts masked, for good.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Halt() => throw new NotImplementedException();

    /// <summary>Lets interrupts through and halts in one step: one that arrives in between still ends the halt.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void WaitForInterrupt() => throw new NotImplementedException();

    /// <summary>Masks interrupts and returns whether they were let through before.</summary>
    [PlugMethod(PlugRequired = true)]
    public static bool DisableInterrupts() => throw new NotImplementedException();

    /// <summary>Lets interrupts through.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void EnableInterrupts() => throw new NotImplementedException();

    /// <summary>Undoes a <see cref="DisableInterrupts"/>, given what that returned.</summary>
    public static void RestoreInterrupts(bool wereOn)
    {
        if (wereOn)
        {
            EnableInterrupts();
        }
    }

    /// <summary>Tells the processor that this is a wait loop.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void Pause() => throw new NotImplementedException();

    /// <summary>Loads a segment table, then the code segment and every data segment register from it.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void LoadGdt(DescriptorTablePointer* table, ushort codeSelector, ushort dataSelector) => throw new NotImplementedException();

    /// <summary>Says where the segment table is.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void StoreGdt(DescriptorTablePointer* table) => throw new NotImplementedException();

    /// <summary>Loads an interrupt table.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void LoadIdt(DescriptorTablePointer* table) => throw new NotImplementedException();

    /// <summary>Says where the interrupt table is.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void StoreIdt(DescriptorTablePointer* table) => throw new NotImplementedException();

    /// <summary>Loads the task register; the segment's descriptor must be an available task state.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void LoadTaskRegister(ushort selector) => throw new NotImplementedException();

    /// <summary>Reads the flags.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress ReadFlags() => throw new NotImplementedException();

    /// <summary>The stack pointer in the caller, after this call has returned.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress ReadStackPointer() => throw new NotImplementedException();

    /// <summary>The frame pointer of who calls: where the frame pointer of its caller is saved, and behind it the address that it returns to.</summary>
    [PlugMethod(PlugRequired = true)]
    public static CosmosAddress ReadFramePointer() => throw new NotImplementedException();

    /// <summary>Earlier loads and stores are visible to all before later ones begin.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void MemoryFence() => throw new NotImplementedException();

    /// <summary>Later instructions begin after earlier loads have completed; also orders <see cref="ReadTimestamp"/>.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void LoadFence() => throw new NotImplementedException();

    /// <summary>Earlier stores are visible to all before later ones.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void StoreFence() => throw new NotImplementedException();

    /// <summary>Sets <paramref name="byteCount"/> bytes with the processor's string instruction.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void FillBytes(byte* destination, byte value, CosmosAddress byteCount) => throw new NotImplementedException();

    /// <summary>Copies <paramref name="byteCount"/> bytes upwards with the processor's string instruction.</summary>
    [PlugMethod(PlugRequired = true)]
    public static void CopyBytes(byte* destination, byte* source, CosmosAddress byteCount) => throw new NotImplementedException();

    /// <summary>Calls <paramref name="target"/> on another stack and comes back.</summary>
    /// <param name="stackTop">One past the stack's highest byte; aligned down to 16.</param>
    /// <param name="target">Runs there; may not throw.</param>
    /// <param name="argument">Handed to it.</param>
    public static void CallOnStack(VirtAddr stackTop, delegate*<CosmosAddress, void> target, CosmosAddress argument) =>
        SwitchStack(unchecked((CosmosAddress)stackTop.Value), target, argument);

    /// <summary>Calls <paramref name="target"/> with the stack pointer, from which on the registers that belong to callers lie too.</summary>
    /// <param name="target">Finds every word that the callers of this method hold at or above its argument; may not throw.</param>
    public static void CallWithRegisters(delegate*<CosmosAddress, void> target) => PushRegisters(target);

    [PlugMethod(PlugRequired = true)]
    internal static void Invlpg(CosmosAddress address) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static void Invpcid(CosmosAddress type, void* descriptor) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static void ReadCpuid(uint leaf, uint subleaf, CpuidResult* result) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static void PushRegisters(void* target) => throw new NotImplementedException();

    [PlugMethod(PlugRequired = true)]
    internal static void SwitchStack(CosmosAddress stackTop, void* target, CosmosAddress argument) => throw new NotImplementedException();
}
