using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using MemOS.Boot;
using MemOS.Memory.Heap;

namespace MemOS.Tests.Memory.Heap;

/// <summary>The name of a heap policy as the command line has it.</summary>
internal readonly unsafe struct PolicyName : IDisposable
{
    internal PolicyName(string name)
    {
        byte* bytes = (byte*)NativeMemory.Alloc((nuint)name.Length + 1);
        Text = new TextSlice(bytes, Encoding.ASCII.GetBytes(name, new Span<byte>(bytes, name.Length)));
    }

    internal TextSlice Text { get; }

    /// <summary>All there are, slabs first.</summary>
    internal static IReadOnlyList<string> All
    {
        get
        {
            Collector collector = new() { Names = [HeapPolicies.Default] };
            HeapPolicies.Visit(ref collector);
            return collector.Names;
        }
    }

    public void Dispose() => NativeMemory.Free(Text.Text);

    private readonly struct Collector : IHeapPolicyVisitor
    {
        internal required List<string> Names { get; init; }

        public void Visit<TPolicy>(string name)
            where TPolicy : unmanaged, IHeapPolicy
            => Names.Add(name);
    }
}
