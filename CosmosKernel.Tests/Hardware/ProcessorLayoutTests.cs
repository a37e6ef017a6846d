using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemOS.Hardware;
using NUnit.Framework;

namespace MemOS.Tests.Hardware;

/// <summary>What is written at fixed places of a processor's own memory: several write it, and nothing but this says that they do not meet.</summary>
public sealed class ProcessorLayoutTests
{
    [TestCase(typeof(ProcessorLocals))]
    [TestCase(typeof(ProcessorArea))]
    public void No_two_fields_overlap(Type type)
    {
        int end = 0;
        foreach (FieldInfo field in FieldsOf(type).OrderBy(OffsetOf))
        {
            Assert.That(OffsetOf(field), Is.GreaterThanOrEqualTo(end), $"{field.Name} begins in the field before");
            end = OffsetOf(field) + SizeOf(field.FieldType);
        }

        Assert.That(end, Is.LessThanOrEqualTo(type == typeof(ProcessorLocals) ? ProcessorLocals.SizeBytes : Cosmos.Core.ThreadBlock.AreaBytes));
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static int OffsetOf(FieldInfo field) => field.GetCustomAttribute<FieldOffsetAttribute>()!.Value;

    private static int SizeOf(Type type)
    {
        if (type.IsPointer) return IntPtr.Size;
        MethodInfo sizeOf = typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!;
        return (int)sizeOf.MakeGenericMethod(type).Invoke(null, null)!;
    }
}
