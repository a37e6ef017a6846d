using System;
using IL2CPU.API.Attribs;

namespace MemOS.Hardware;

/// <content>Programs, x86-64.</content>
public static unsafe partial class Cpu
{
    /// <summary>Lets the program of <paramref name="context"/> run until it stops: a system call, a fault, or any interrupt.</summary>
    /// <remarks>
    /// <see cref="UserMode.Start"/> must have been called, and the program's tables be loaded. On return interrupts are masked, and
    /// <paramref name="context"/> has the program's registers and why it stopped; an interrupt has not been served yet.
    /// </remarks>
    /// <param name="context">Kept where it is until the return.</param>
    [PlugMethod(PlugRequired = true)]
    public static void RunUser(UserContext* context) => throw new NotImplementedException();

    /// <summary>Where the code begins that a processor starts with in 16-bit mode, a <see cref="StartCode"/>; it is copied to a page below 1 MiB.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static byte* StartCodeBegin() => throw new NotImplementedException();

    /// <summary>Where it ends.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static byte* StartCodeEnd() => throw new NotImplementedException();

    /// <summary>Goes over to another stack, where this was called before or where a return address lies above as many words as a call keeps registers.</summary>
    /// <param name="saved">Where the stack pointer is put that leads back here.</param>
    /// <param name="stackPointer">That of the other.</param>
    [PlugMethod(PlugRequired = true)]
    public static void SwitchContext(CosmosAddress* saved, CosmosAddress stackPointer) => throw new NotImplementedException();

    /// <summary>What this processor has by GS.</summary>
    [PlugMethod(PlugRequired = true)]
    public static ProcessorArea* CurrentArea() => throw new NotImplementedException();

    /// <summary>What this processor's allocators keep, from the start of memory on.</summary>
    [PlugMethod(PlugRequired = true)]
    public static ProcessorLocals* CurrentLocals() => throw new NotImplementedException();

    /// <summary>Where SYSCALL goes.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static byte* SystemCallEntry() => throw new NotImplementedException();

    /// <summary>Writes the extended control register <paramref name="index"/>; CR4.OSXSAVE must be set.</summary>
    [PlugMethod(PlugRequired = true)]
    internal static void WriteXcr(uint index, ulong value) => throw new NotImplementedException();
}
