using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Paging;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

public sealed class PagingFormatsTests
{
    [Test]
    public void Every_format_is_in_the_list_under_a_name_of_its_own()
    {
        FormatList list = new([], []);
        PagingFormats.Visit(ref list);
        IEnumerable<Type> formats = typeof(IPagingFormat).Assembly.GetTypes().Where(type => type.IsValueType && typeof(IPagingFormat).IsAssignableFrom(type));
        Assert.That(list.Types.Select(Definition).Distinct(), Is.EquivalentTo(formats));
        Assert.That(list.Types, Is.Unique);
        Assert.That(list.Names, Is.Unique.And.All.Match("^[a-z0-9][a-z0-9-]*$"));
    }

    private static Type Definition(Type format) => format.IsGenericType ? format.GetGenericTypeDefinition() : format;

    private readonly struct FormatList(List<Type> types, List<string> names) : IPagingFormatVisitor
    {
        public List<Type> Types => types;

        public List<string> Names => names;

        public void Visit<TFormat>()
            where TFormat : struct, IPagingFormat
        {
            types.Add(typeof(TFormat));
            names.Add(default(TFormat).Name);
        }
    }
}
