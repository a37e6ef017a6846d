using System.Collections.Generic;
using System.Linq;
using IL2CPU.Subset;
using NUnit.Framework;

namespace Kit.Tests.IL2CPU;

/// <summary>Each rule finds a small breach of it, and code without one passes.</summary>
public class SubsetCheckerTests
{
    private TestCompiler _compiler = null!;
    private int _count;

    [OneTimeSetUp]
    public void CreateCompiler()
    {
        _compiler = new TestCompiler();
    }

    [OneTimeTearDown]
    public void RemoveFiles()
    {
        _compiler.Dispose();
    }

    [TestCase("SUB01", "void M() { try { F(); } catch (ArgumentException) { } }")]
    [TestCase("SUB01", "void M() { try { F(); } catch (InvalidOperationException) { } catch (Exception) { } }", 2)]
    [TestCase("SUB02", "void M() { try { F(); } finally { F(); } }")]
    [TestCase("SUB02", "void M(object o) { lock (o) { F(); } }")]
    [TestCase("SUB02", "void M(System.IO.Stream s) { using (s) { F(); } }")]
    [TestCase("SUB03", "void M() { try { F(); } catch { throw; } }")]
    [TestCase("SUB04", "void M(int x) { try { F(); } catch (Exception) when (x > 0) { } }")]
    [TestCase("SUB05", "void M() { try { F(); } catch (NullReferenceException) { } }")]
    [TestCase("SUB05", "void M() { try { F(); } catch (IndexOutOfRangeException) { } }")]
    [TestCase("SUB05", "void M() { try { F(); } catch (InvalidCastException) { } }")]
    [TestCase("SUB06", "string M<A>(A a) => a.ToString();")]
    [TestCase("SUB06", "int M<A>(A a) where A : IComparable<A> => a.CompareTo(a);")]
    [TestCase("SUB09", "int M(int[,] a) => a[1, 2];", 2)]
    [TestCase("SUB09", "object M() => new int[2, 2];")]
    [TestCase("SUB09", "List<int[,]> M() => null;")]
    [TestCase("SUB09", "int[,] _m;")]
    [TestCase("SUB11", "Action M(Action a, Action b) { a += b; return a; }")]
    [TestCase("SUB11", "Action M(Action a, Action b) => a - b;")]
    [TestCase("SUB11", "event Action M;", 2)]
    [TestCase("SUB12", "unsafe int M() { int* p = stackalloc int[4]; return p[1]; }")]
    [TestCase("SUB12", "int M() { Span<int> p = stackalloc int[F()]; return p[1]; }")]
    [TestCase("SUB13", "int M() => IntPtr.Size;")]
    [TestCase("SUB13", "int M() => UIntPtr.Size + nint.Size;", 2)]
    public void A_member_that_breaks_a_rule_is_found(string rule, string member, int count = 1)
    {
        IReadOnlyList<SubsetFinding> findings = Check("public class T {\nint F() => 1;\n" + member + " }");
        Assert.That(findings.Select(f => f.Rule.Id).Distinct(), Is.EqualTo(new[] { rule }));
        Assert.That(findings, Has.Count.EqualTo(count));
        Assert.That(findings[0].Type, Is.EqualTo("T"));
        Assert.That(findings[0].File, Does.StartWith("/_/Subset"));
        Assert.That(findings[0].ToString(), Does.Contain(rule).And.Contain("T.").And.Contain(findings[0].Rule.Reason));
        if (!member.StartsWith("event", System.StringComparison.Ordinal) && !member.EndsWith("_m;", System.StringComparison.Ordinal))
            Assert.That((findings[0].Member, findings[0].Line), Is.EqualTo(("M", 3)));
    }

    [TestCase("SUB07", "public interface I { int M() => 1; }", "I.M")]
    [TestCase("SUB07", "public interface I { private int M() { return 1; } int N(); }", "I.M")]
    [TestCase("SUB08", "public interface I { static abstract int M(); }", "I.M")]
    [TestCase("SUB08", "public interface I<T> where T : I<T> { static virtual int M() => 1; }", "I`1.M")]
    [TestCase("SUB10", "public record R(int X);", "R")]
    [TestCase("SUB10", "public record struct R(int X);", "R")]
    [TestCase("SUB10", "public record R { }", "R")]
    public void A_type_that_breaks_a_rule_is_found(string rule, string source, string place)
    {
        IReadOnlyList<SubsetFinding> findings = Check(source);
        Assert.That(findings.Select(f => (f.Rule.Id, f.Place)), Has.Member((rule, place)));
        Assert.That(findings.Where(f => f.Rule.Id == rule), Has.Exactly(1).Items);
    }

    [Test]
    public void Every_rule_is_tested()
    {
        IEnumerable<string> tested = typeof(SubsetCheckerTests).GetMethods().SelectMany(m => m.GetCustomAttributes(typeof(TestCaseAttribute), false))
            .Select(a => (string)((TestCaseAttribute)a).Arguments[0]!).Distinct();
        Assert.That(tested.Order(), Is.EqualTo(SubsetRule.All.Select(r => r.Id).Order()));
        Assert.That(SubsetRule.All.Select(r => r.Id), Is.Unique);
    }

    [Test]
    public void What_the_compiler_takes_passes()
    {
        Assert.That(Check("""
            public interface IMemory { int Read(ulong at); static int Plain() => 1; }
            public readonly struct Direct : IMemory { public unsafe int Read(ulong at) => *(int*)at; public override string ToString() => "D"; }
            public class Walker<TMemory> where TMemory : struct, IMemory
            {
                private TMemory _memory;
                public int Walk(ulong at) => _memory.Read(at) + _memory.ToString().Length;
            }
            public unsafe class T
            {
                private int[][] _jagged = new int[3][];
                public int Catch() { try { return Throw(); } catch (Exception e) { return e.Message.Length; } }
                public int CatchAll() { try { return Throw(); } catch { return 1; } }
                private int Throw() => throw new InvalidOperationException("x");
                public int Sum(List<int> list) { int s = 0; foreach (int i in list) s += i; return s; }
                public int SumKeys(Dictionary<int, string> map) { int s = 0; foreach (KeyValuePair<int, string> p in map) s += p.Key; return s; }
                public int SumAny(IEnumerable<int> list) { int s = 0; foreach (int i in list) s += i; return s; }
                public int SumBoxed(System.Collections.IEnumerable list) { int s = 0; foreach (object i in list) s += (int)i; return s; }
                public IEnumerable<int> Iterate(List<int> list) { foreach (int i in list) yield return i * 2; }
                public int Width() => sizeof(void*) + (_jagged[0]?.Length ?? 0);
                public Func<int, int> Closure(int a) => x => x + a;
                public int Pointer(delegate*<int, int> f) => f(3);
                public string Show<A>(A a) where A : struct => a.ToString();
                public object Cast(object o) => (string)o;
            }
            """), Is.Empty);
    }

    [Test]
    public void A_finally_in_an_iterator_is_found_where_it_is_written()
    {
        IReadOnlyList<SubsetFinding> findings = Check("public class T { int F() => 1; public IEnumerable<int> It() { try { yield return F(); } finally { F(); } } }");
        Assert.That(findings.Select(f => f.Rule.Id), Has.Member("SUB02"));
    }

    [Test]
    public void Code_that_emits_X_sharp_runs_at_build_time_and_passes()
    {
        Assert.That(Check("abstract class Base : AssemblerMethod { } class Body : Base { public override void AssembleNew(Assembler a, object m) { try { Console.WriteLine(IntPtr.Size); } finally { } } "
            + "class Inner { void M() { try { } finally { Console.WriteLine(); } } } }"), Is.Empty);
    }

    [Test]
    public void An_exemption_hides_its_place_alone_and_an_unused_one_is_known()
    {
        string file = Compile("public class T { int A() => IntPtr.Size; int B() => IntPtr.Size; }");
        SubsetExemption used = new("SUB13", "T.A", "a reason");
        SubsetExemption unused = new("SUB12", "T.B", "a reason");
        SubsetChecker checker = new(used, unused);
        Assert.That(checker.Check(file).Select(f => f.Place), Is.EqualTo(new[] { "T.B" }));
        Assert.That(checker.Unused, Is.EqualTo(new[] { unused }));
    }

    private IReadOnlyList<SubsetFinding> Check(string source)
    {
        return new SubsetChecker().Check(Compile(source));
    }

    private string Compile(string source)
    {
        return _compiler.Compile($"Subset{_count++}", source);
    }
}
