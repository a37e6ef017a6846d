using System.Collections.Generic;

namespace IL2CPU.Subset;

/// <summary>Something that Cosmos's IL2CPU compiles wrongly.</summary>
/// <param name="Id">Stable, for exemptions.</param>
/// <param name="Reason">What it does there.</param>
public sealed record SubsetRule(string Id, string Reason)
{
    public static readonly SubsetRule CatchByType = new("SUB01", "the first catch clause takes every exception: catch Exception, once");
    public static readonly SubsetRule Finally = new("SUB02", "an exception does not pass through finally: let nothing throw there, or do without");
    public static readonly SubsetRule Rethrow = new("SUB03", "rethrow does not work");
    public static readonly SubsetRule Filter = new("SUB04", "exception filters do not work");
    public static readonly SubsetRule RuntimeRaised = new("SUB05", "array bounds, null references and casts are not checked: no exception comes");
    public static readonly SubsetRule ConstrainedCall = new("SUB06", "a constrained call on a class type parameter goes wrong: add the struct constraint");
    public static readonly SubsetRule DefaultInterfaceMethod = new("SUB07", "interface methods with a body do not work");
    public static readonly SubsetRule StaticAbstract = new("SUB08", "static abstract members do not work");
    public static readonly SubsetRule MultiDimensionalArray = new("SUB09", "arrays of several dimensions do not work");
    public static readonly SubsetRule Record = new("SUB10", "records do not work");
    public static readonly SubsetRule MulticastDelegate = new("SUB11", "adding delegates does not work");
    public static readonly SubsetRule StackAllocation = new("SUB12", "stackalloc takes heap memory and leaks it");
    public static readonly SubsetRule PointerSize = new("SUB13", "IntPtr.Size says 8 on a machine of 32 bits: use sizeof(void*)");

    /// <summary>All rules.</summary>
    public static IReadOnlyList<SubsetRule> All { get; } =
    [
        CatchByType, Finally, Rethrow, Filter, RuntimeRaised, ConstrainedCall, DefaultInterfaceMethod, StaticAbstract,
        MultiDimensionalArray, Record, MulticastDelegate, StackAllocation, PointerSize,
    ];
}
