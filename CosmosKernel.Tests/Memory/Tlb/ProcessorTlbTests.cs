using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using MemOS.Memory.Tlb;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Tlb;

[TestFixture]
public sealed class ProcessorTlbTests
{
    private static readonly string[] s_writtenByOthers = ["Inbox", "Rest", "Awaited"];

    [Test]
    public void What_others_write_shares_no_line_with_what_is_the_processors_own()
    {
        HashSet<int> ofOthers = [.. Fields(isOthers: true).SelectMany(Lines)];
        HashSet<int> own = [.. Fields(isOthers: false).SelectMany(Lines)];
        Assert.That(ofOthers, Is.Not.Empty);
        Assert.That(own.Intersect(ofOthers), Is.Empty);
        Assert.That(ProcessorTlb.SizeBytes % ProcessorTlb.Alignment, Is.Zero);
    }

    [Test]
    public void No_field_lies_in_another()
    {
        HashSet<int> taken = [];
        foreach (FieldInfo field in Fields(isOthers: true).Concat(Fields(isOthers: false)))
        {
            foreach (int at in Enumerable.Range(Offset(field), Size(field))) Assert.That(taken.Add(at), field.Name);
        }

        Assert.That(taken.Max(), Is.LessThan(ProcessorTlb.SizeBytes));
    }

    private static IEnumerable<FieldInfo> Fields(bool isOthers) =>
        typeof(ProcessorTlb).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(field => s_writtenByOthers.Contains(field.Name) == isOthers);

    private static IEnumerable<int> Lines(FieldInfo field) =>
        Enumerable.Range(Offset(field), Size(field)).Select(at => at / ProcessorTlb.Alignment).Distinct();

    private static int Offset(FieldInfo field) => field.GetCustomAttribute<FieldOffsetAttribute>()!.Value;

    private static int Size(FieldInfo field) =>
        field.FieldType.IsPointer ? IntPtr.Size : (int)typeof(ProcessorTlbTests).GetMethod(nameof(SizeOf), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(field.FieldType).Invoke(null, null)!;

    private static int SizeOf<T>()
        where T : struct => System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
}
