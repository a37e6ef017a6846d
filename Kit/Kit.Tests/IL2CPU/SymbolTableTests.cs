using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using IL2CPU.Symbols;
using NUnit.Framework;

namespace Kit.Tests.IL2CPU;

/// <summary>What the writer puts into the table the kernel's reader finds.</summary>
public unsafe class SymbolTableTests
{
    private const ulong Base = 0xFFFFFFFF80100000;

    [TestCase(1)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(33)]
    [TestCase(2000)]
    public void Every_address_of_a_symbol_gives_its_name_and_offset(int count)
    {
        List<CodeSymbol> symbols = Symbols(count, seed: count);
        uint end = symbols[^1].Offset + 16;
        byte[] table = SymbolTableWriter.Write(Base, end, symbols.AsEnumerable().Reverse());
        for (int i = 0; i < count; i++)
        {
            uint next = i + 1 < count ? symbols[i + 1].Offset : end;
            Assert.That(Find(table, Base + symbols[i].Offset), Is.EqualTo((symbols[i].Name, 0ul)));
            Assert.That(Find(table, Base + next - 1), Is.EqualTo((symbols[i].Name, (ulong)(next - 1 - symbols[i].Offset))));
        }
    }

    [Test]
    public void An_address_outside_the_code_gives_nothing()
    {
        byte[] table = SymbolTableWriter.Write(Base, 0x200, [new CodeSymbol(0x100, "A.B")]);
        Assert.That(Find(table, Base + 0xff), Is.Null);
        Assert.That(Find(table, Base + 0x200), Is.Null);
        Assert.That(Find(table, 0), Is.Null);
        Assert.That(Find(table, ulong.MaxValue), Is.Null);
        Assert.That(Find(table, Base + 0x1ff), Is.EqualTo(("A.B", 0xfful)));
    }

    [Test]
    public void Of_two_names_for_one_address_the_first_counts()
    {
        byte[] table = SymbolTableWriter.Write(Base, 16, [new CodeSymbol(0, "First"), new CodeSymbol(0, "Second")]);
        Assert.That(Find(table, Base), Is.EqualTo(("First", 0ul)));
    }

    [Test]
    public void A_name_is_cut_off_at_the_buffers_end()
    {
        byte[] table = SymbolTableWriter.Write(Base, 16, [new CodeSymbol(0, "System.Console.WriteLine")]);
        byte[] buffer = new byte[6];
        fixed (byte* start = table)
        {
            Assert.That(new SymbolTableReader(start, (nuint)table.Length).TryFind(Base, buffer, out int length, out _));
            Assert.That(Encoding.ASCII.GetString(buffer, 0, length), Is.EqualTo("System"));
        }
    }

    [Test]
    public void Long_names_are_kept_and_endless_ones_are_cut()
    {
        string name = string.Concat(Enumerable.Range(0, 60).Select(i => (char)('A' + (i * 7 % 26)) + i.ToString()));
        string endless = new('x', 2000);
        byte[] table = SymbolTableWriter.Write(Base, 32, [new CodeSymbol(0, name), new CodeSymbol(16, endless)]);
        Assert.That(name, Has.Length.GreaterThan(128));
        Assert.That(Find(table, Base), Is.EqualTo((name, 0ul)));
        Assert.That(Find(table, Base + 16)!.Value.Name, Does.EndWith("x...").And.Length.EqualTo(511));
    }

    [Test]
    public void A_table_that_is_not_whole_gives_no_names()
    {
        byte[] table = SymbolTableWriter.Write(Base, 16, [new CodeSymbol(0, "A")]);
        Assert.That(Find(table[..^1], Base), Is.Null);
        Assert.That(Find(table[..20], Base), Is.Null);
        table[0] ^= 1;
        Assert.That(Find(table, Base), Is.Null);
        Assert.That(new SymbolTableReader(null, 0).Count, Is.Zero);
    }

    [Test]
    public void An_empty_table_is_readable()
    {
        byte[] table = SymbolTableWriter.Write(Base, 0, []);
        Assert.That(Find(table, Base), Is.Null);
    }

    [Test]
    public void Names_of_a_class_library_shrink_to_two_fifths()
    {
        List<CodeSymbol> symbols = typeof(object).Assembly.GetTypes().Where(t => t.IsPublic).SelectMany(t => t.GetMethods()
            .Where(m => m.DeclaringType == t).Select(m => $"{t.FullName}.{m.Name}")).Distinct().Take(5000)
            .Select((name, i) => new CodeSymbol((uint)i * 64, name)).ToList();
        byte[] table = SymbolTableWriter.Write(Base, 5000 * 64, symbols);
        int plain = symbols.Sum(s => s.Name.Length + 1);
        Assert.That(table.Length - (4 * symbols.Count), Is.LessThan(plain * 2 / 5), $"{plain} bytes of names");
    }

    private static (string Name, ulong Offset)? Find(byte[] table, ulong address)
    {
        Span<byte> buffer = stackalloc byte[600];
        fixed (byte* start = table)
        {
            SymbolTableReader reader = new(start, (nuint)table.Length);
            return reader.TryFind(address, buffer, out int length, out ulong offset) ? (Encoding.ASCII.GetString(buffer[..length]), offset) : null;
        }
    }

    private static List<CodeSymbol> Symbols(int count, int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        string[] words = ["System", "Collections", "Generic", "List", "Add", "MemOS", "Memory", "Frames", "Buddy", "Allocate", "<int, __Canon>", "_x$"];
        List<CodeSymbol> symbols = [];
        uint offset = 0;
        for (int i = 0; i < count; i++)
        {
            symbols.Add(new CodeSymbol(offset, string.Join(".", Enumerable.Range(0, random.Next(1, 12)).Select(_ => words[random.Next(words.Length)])) + i));
            offset += (uint)random.Next(1, 500);
        }

        return symbols;
    }
}
