using MemOS.Hardware;
using MemOS.Startup;

namespace MemOS.Processes;

/// <summary>The registers of a program while it does not run: a raw block, which the processor's entries know the place of.</summary>
internal unsafe struct ProgramState
{
    private const uint VectorAlignment = 64;

    private byte* _vectors;

    /// <summary>The registers.</summary>
    internal UserContext* Context { get; private set; }

    /// <summary>The floating-point and vector registers.</summary>
    internal readonly VectorImage Vectors => new(_vectors, UserMode.VectorStateBytes, UserMode.VectorComponents);

    /// <summary>Takes the block; false without memory.</summary>
    internal bool TryAllocate()
    {
        _vectors = KernelMemory.Heap.AllocateAligned(UserMode.VectorStateBytes, VectorAlignment);
        Context = (UserContext*)KernelMemory.Heap.AllocateZeroed((nuint)sizeof(UserContext));
        if (_vectors != null && Context != null)
        {
            Reset();
            return true;
        }

        Free();
        return false;
    }

    /// <summary>As a program finds them that starts: zeros, but for what says how to calculate.</summary>
    internal void Reset()
    {
        Vectors.Reset();
        *Context = default;
        Context->Rflags = UserFlags.Fixed;
        Context->Reason = UserStop.Changed;
        Context->VectorState = (ulong)_vectors;
        Context->VectorComponents = UserMode.VectorComponents;
    }

    /// <summary>Takes over all registers of another program.</summary>
    internal void CopyFrom(in ProgramState other)
    {
        for (uint at = 0; at < UserMode.VectorStateBytes; at++) _vectors[at] = other._vectors[at];
        *Context = *other.Context;
        Context->VectorState = (ulong)_vectors;
    }

    /// <summary>Gives the blocks back.</summary>
    internal void Free()
    {
        KernelMemory.Heap.Free(_vectors);
        KernelMemory.Heap.Free(Context);
        _vectors = null;
        Context = null;
    }
}
