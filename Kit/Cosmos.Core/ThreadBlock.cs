using System.Runtime.InteropServices;

namespace Cosmos.Core;

/// <summary>What the runtime keeps of a thread. A processor finds that of the thread it runs where its GS segment begins.</summary>
/// <remarks>
/// The real kit has one thread and nothing like this; it is here for kernels that run several processors. A kernel may keep what is its own behind
/// the block, up to <see cref="AreaBytes"/>. Runtime/Native knows the layout.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ThreadBlock
{
    /// <summary>The bytes that the boot processor's GS segment has, from the block on: one page.</summary>
    public const int AreaBytes = 4096;

    /// <summary>The number of the thread that boots.</summary>
    public const int BootThread = 1;

    /// <summary>The block's address: GS cannot be asked for its base cheaply.</summary>
    public ThreadBlock* Self;

    /// <summary>The newest of the exceptions that are being handled; the runtime's.</summary>
    public void* Exceptions;

    /// <summary>A reference to the thread's statics; the class library makes them.</summary>
    public CosmosAddress Statics;

    /// <summary>The thread's number, from <see cref="BootThread"/> on.</summary>
    public CosmosAddress Id;

    /// <summary>Where its stack ends.</summary>
    public byte* StackBottom;

    /// <summary>Where its stack starts: one past its highest byte.</summary>
    public byte* StackTop;

    /// <summary>The last error of the class library's imports.</summary>
    public CosmosAddress LastError;

    /// <summary>A block for a thread that has not run yet.</summary>
    /// <param name="self">Where it lies.</param>
    /// <param name="id">Its number.</param>
    /// <param name="stackBottom">Where its stack ends.</param>
    /// <param name="stackTop">Where its stack starts.</param>
    public static void Create(ThreadBlock* self, int id, byte* stackBottom, byte* stackTop)
    {
        *self = default;
        self->Self = self;
        self->Id = (CosmosAddress)(uint)id;
        self->StackBottom = stackBottom;
        self->StackTop = stackTop;
    }
}
