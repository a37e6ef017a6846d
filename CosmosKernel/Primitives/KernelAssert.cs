using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MemOS.Primitives;

/// <summary>Stops on a bug of the kernel or of its caller: a panic in the machine, an exception in tests.</summary>
/// <remarks>
/// Messages are constants, so that nothing is allocated or formatted before the panic. Not for expected failures: those are
/// results (<c>bool Try…</c> or a small enum).
/// </remarks>
public static unsafe class KernelAssert
{
    private static delegate*<string, void> s_panic;

    /// <summary>Says what a failed assertion calls; the machine's panic, which does not return. Without one, an exception is thrown.</summary>
    public static void InstallPanic(delegate*<string, void> panic) => s_panic = panic;

    /// <summary>Fails with <paramref name="message"/> unless <paramref name="condition"/> holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void That([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition) Fail(message);
    }

    /// <summary>Fails with <paramref name="message"/>.</summary>
    /// <remarks>Nothing but a throw, and not marked against inlining: so compilers see that it does not return, and keep it out of the way.</remarks>
    [DoesNotReturn]
    public static void Fail(string message) => throw Failed(message);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static KernelAssertException Failed(string message)
    {
        if (s_panic != null) s_panic(message);
        return new KernelAssertException(message);
    }
}
