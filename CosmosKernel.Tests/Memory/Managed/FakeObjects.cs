using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using MemOS.Memory.Managed;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;

namespace MemOS.Tests.Memory.Managed;

/// <summary>Objects of a heap in an arena whose types are those of this process: its type descriptors are laid out as the compiler's.</summary>
internal static unsafe class FakeObjects
{
    private const int WordBytes = 8;

    /// <summary>Reserves memory for an object of the type; its content is zero but for the type and the length.</summary>
    internal static byte* New(ref ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> heap, Type type, int length = 0)
    {
        uint* descriptor = (uint*)type.TypeHandle.Value;
        nuint component = (descriptor[0] & 0x8000_0000) != 0 ? descriptor[0] & 0xFFFF : 0;
        byte* start = heap.Allocate((descriptor[1] + (component * (nuint)length) + 7) & ~(nuint)7);
        if (start == null) return null;
        byte* reference = start + ManagedObject.HeaderBytes;
        *(nint*)reference = type.TypeHandle.Value;
        if (component != 0) *(int*)(reference + WordBytes) = length;
        return reference;
    }

    /// <summary>The place of the reference with this index in an object array.</summary>
    internal static byte** Element(byte* array, int index) => (byte**)(array + (2 * WordBytes)) + index;

    internal static bool IsObject(ref ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> heap, byte* reference) =>
        heap.SizeOf(reference - ManagedObject.HeaderBytes) != 0;

    /// <summary>Which words of an object are references, found in a real one: those that hold the address of its marker.</summary>
    /// <param name="sample">An object all of whose references are to <paramref name="marker"/>.</param>
    /// <param name="marker">What nothing else in it looks like.</param>
    /// <param name="sizeBytes">The bytes of the object behind its header, rounded up to words.</param>
    internal static List<int> ReferenceWords(object sample, object marker, out int sizeBytes)
    {
        List<int> words = [];
        nint start = AddressOf(sample);
        uint* descriptor = *(uint**)start;
        nuint component = (descriptor[0] & 0x8000_0000) != 0 ? descriptor[0] & 0xFFFF : 0;
        nuint size = descriptor[1] + (component * (component == 0 ? 0 : *(uint*)(start + WordBytes)));
        sizeBytes = (int)((size - WordBytes + 7) & ~(nuint)7);
        for (int word = 1; word < sizeBytes / WordBytes; word++)
        {
            if (((nint*)start)[word] == AddressOf(marker)) words.Add(word);
        }

        return words;
    }

    /// <summary>Where an object is: until the next collection of this process.</summary>
    internal static nint AddressOf(object value) => Unsafe.As<object, nint>(ref value);
}
