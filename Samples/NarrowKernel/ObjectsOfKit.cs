using System.Runtime.CompilerServices;
using Cosmos.Core;
using IL2CPU.API.Attribs;

namespace NarrowKernel;

/// <summary>What the installed kit knows of references: in 32-bit code of another compiler they are addresses.</summary>
[Plug(Target = typeof(GCImplementation))]
public static unsafe class ObjectsOfKit
{
    /// <summary>The address of an object.</summary>
    public static uint* GetPointer(object aObj) => *(uint**)Unsafe.AsPointer(ref aObj);
}
