using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using NUnit.Framework;

namespace MemOS.Tests.Architecture;

/// <summary>
/// Statics of the memory's start are plain values. One with an object reference anywhere in it lies, as a whole, in an object that the
/// runtime makes at its own start: later than the memory needs it.
/// </summary>
public sealed class StaticStateTests
{
    private static IEnumerable<FieldDefinition> EarlyStatics =>
        from type in KernelAssembly.Types
        where KernelAssembly.Folder(type) is "Startup" or "Hardware" || KernelAssembly.MemoryPath.Contains(KernelAssembly.Folder(type))
        from field in type.Fields
        where field.IsStatic && !field.IsLiteral
        select field;

    [Test]
    public void Statics_of_the_memory_start_hold_no_object_reference()
    {
        string[] breaches =
        [
            .. from field in EarlyStatics
               from reference in ObjectReferences.In(field.FieldType)
               select field.DeclaringType.FullName + "." + field.Name + reference,
        ];
        Assert.That(breaches, Is.Empty);
        Assert.That(EarlyStatics.Select(field => field.Name), Does.Contain("s_space").And.Contain("s_objects"), "what the search is for");
    }

    [Test]
    public void The_search_sees_references_in_structs_and_in_their_type_arguments()
    {
        using ModuleDefinition module = KernelAssembly.Read(typeof(Samples).Assembly.Location);
        IEnumerable<FieldDefinition> samples = module.GetTypes().Single(type => type.Name == nameof(Samples)).Fields;
        string[] found = [.. samples.SelectMany(field => ObjectReferences.In(field.FieldType).Select(reference => field.Name + reference))];
        Assert.That(found, Is.EqualTo(new[] { "Direct", "Named.<Name>k__BackingField", "Behind.Value.<Name>k__BackingField" }));
    }

#pragma warning disable CS0169, CS0649, IDE0044, IDE0051 // Only declared.
    private static unsafe class Samples
    {
        internal static string? Direct;
        internal static Named Named;
        internal static Pair<Named> Behind;
        internal static Pair<int> Plain;
        internal static Pair<int>* Pointer;
        internal static delegate*<string, void> Function;
    }

    private struct Named
    {
        public string Name { get; set; }
    }

    private struct Pair<T>
    {
        public T Value;
        public System.DayOfWeek Day;
    }
#pragma warning restore CS0169, CS0649, IDE0044, IDE0051
}
