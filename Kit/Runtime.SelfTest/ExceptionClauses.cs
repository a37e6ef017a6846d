using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Kit.Runtime.SelfTest;

/// <summary>Every kind of clause, alone and within each other.</summary>
internal static class ExceptionClauses
{
    public static void AddTo(List<RuntimeCheck> checks)
    {
        checks.Add("catch takes the thrown type", CatchesTheType);
        checks.Add("catch passes over other types", PassesOverOtherTypes);
        checks.Add("catch of a base type takes a derived one", CatchesDerived);
        checks.Add("the first clause that fits is taken", FirstFittingClause);
        checks.Add("filter decides", FilterDecides);
        checks.Add("filter reads and writes the method's locals", FilterSeesLocals);
        checks.Add("an exception in a filter counts as false", ThrowingFilterIsFalse);
        checks.Add("filters run before inner finally blocks", FilterRunsBeforeFinally);
        checks.Add("finally runs without an exception", FinallyWithoutException);
        checks.Add("finally runs on the way out of frames, innermost first", FinallyOrder);
        checks.Add("finally runs on return and break", FinallyOnReturnAndBreak);
        checks.Add("rethrow keeps the exception", RethrowKeepsTheException);
        checks.Add("throw inside a catch replaces", ThrowInsideCatch);
        checks.Add("throw inside a finally replaces", ThrowInsideFinally);
        checks.Add("try and catch inside a finally that an exception runs", CatchInsideFinally);
        checks.Add("try and catch inside a catch", CatchInsideCatch);
        checks.Add("catch inside a catch inside a finally, three deep", DeepNesting);
        checks.Add("an exception through 200 frames", ThroughManyFrames);
        checks.Add("locals in registers survive a catch", RegistersSurvive);
        checks.Add("a loop goes on after each of 1,000 exceptions", LoopOfExceptions);
        checks.Add("exceptions pass virtual, interface, delegate and generic calls", ThroughIndirectCalls);
        checks.Add("using disposes on the way out", UsingDisposes);
        checks.Add("a failed static constructor throws TypeInitializationException", FailedStaticConstructor);
        checks.Add("inner exceptions are kept", InnerExceptionsAreKept);
        checks.Add("stack trace names the methods", StackTraceNamesMethods);
        checks.Add("iterator runs its finally when abandoned", IteratorFinally);
        checks.Add("goto out of try runs finally", GotoOutOfTry);
        checks.Add("exception in a nested function's filter chain", NestedFilters);
        checks.Add("a null reference in a filter counts as false", NullReferenceInFilter);
        checks.Add("a null reference in a finally replaces", NullReferenceInFinally);
        checks.Add("a null reference is thrown again out of a catch", NullReferenceAgain);
        checks.Add("a filter in a static constructor decides", FilterInStaticConstructor);
        checks.Add("stack trace of an exception thrown on names methods only", TraceOfExceptionThrownOn);
        checks.Add("stack trace taken in a filter inside a catch goes to the end", TraceInFilterInCatch);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(Exception e)
    {
        throw e;
    }

    private static bool CatchesTheType()
    {
        try
        {
            Throw(new InvalidOperationException("a"));
        }
        catch (InvalidOperationException e)
        {
            return e.Message == "a";
        }

        return false;
    }

    private static bool PassesOverOtherTypes()
    {
        try
        {
            try
            {
                Throw(new InvalidOperationException());
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
        catch (InvalidOperationException)
        {
            return true;
        }

        return false;
    }

    private static bool CatchesDerived()
    {
        try
        {
            Throw(new ArgumentNullException("x"));
        }
        catch (ArgumentException e)
        {
            return e is ArgumentNullException && e.ParamName == "x";
        }

        return false;
    }

    private static bool FirstFittingClause()
    {
        try
        {
            Throw(new ArgumentNullException());
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (ArgumentNullException)
        {
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }

        return false;
    }

    private static bool FilterDecides()
    {
        int way = 0;
        for (int i = 0; i < 2; i++)
        {
            try
            {
                Throw(new Exception(i.ToString()));
            }
            catch (Exception e) when (e.Message == "0")
            {
                way += 1;
            }
            catch (Exception e) when (e.Message == "1")
            {
                way += 10;
            }
        }

        return way == 11;
    }

    private static bool FilterSeesLocals()
    {
        int wanted = 7;
        int seen = 0;
        try
        {
            Throw(new Exception());
        }
        catch (Exception) when (Note(ref seen, wanted))
        {
            return seen == 7 && wanted == 7;
        }

        return false;
    }

    private static bool Note(ref int target, int value)
    {
        target = value;
        return true;
    }

    private static bool ThrowingFilterIsFalse()
    {
        try
        {
            Throw(new Exception("original"));
        }
        catch (Exception) when (Fails())
        {
            return false;
        }
        catch (Exception e)
        {
            return e.Message == "original";
        }

        return false;
    }

    private static bool Fails()
    {
        throw new InvalidOperationException("in a filter");
    }

    private static bool FilterRunsBeforeFinally()
    {
        List<string> order = [];
        try
        {
            try
            {
                Throw(new Exception());
            }
            finally
            {
                order.Add("finally");
            }
        }
        catch (Exception) when (Log(order, "filter"))
        {
            order.Add("catch");
        }

        return string.Join(' ', order) == "filter finally catch";
    }

    private static bool Log(List<string> order, string text)
    {
        order.Add(text);
        return true;
    }

    private static bool FinallyWithoutException()
    {
        int value = 1;
        try
        {
            value *= 2;
        }
        finally
        {
            value += 3;
        }

        return value == 5;
    }

    private static bool FinallyOrder()
    {
        List<int> order = [];
        try
        {
            Outer(order);
        }
        catch (Exception)
        {
            order.Add(3);
        }

        return string.Join(',', order) == "0,1,2,3";

        static void Outer(List<int> order)
        {
            try
            {
                Inner(order);
            }
            finally
            {
                order.Add(2);
            }
        }

        static void Inner(List<int> order)
        {
            try
            {
                try
                {
                    Throw(new Exception());
                }
                finally
                {
                    order.Add(0);
                }
            }
            finally
            {
                order.Add(1);
            }
        }
    }

    private static bool FinallyOnReturnAndBreak()
    {
        int count = 0;
        int result = Return(ref count);
        for (int i = 0; i < 10; i++)
        {
            try
            {
                if (i == 3)
                    break;
            }
            finally
            {
                count += 100;
            }
        }

        return result == 5 && count == 401;

        static int Return(ref int count)
        {
            try
            {
                return 5;
            }
            finally
            {
                count++;
            }
        }
    }

    private static bool RethrowKeepsTheException()
    {
        Exception original = new("kept");
        try
        {
            try
            {
                Throw(original);
            }
            catch
            {
                throw;
            }
        }
        catch (Exception e)
        {
            return ReferenceEquals(e, original);
        }

        return false;
    }

    private static bool ThrowInsideCatch()
    {
        try
        {
            try
            {
                Throw(new InvalidOperationException("first"));
            }
            catch (InvalidOperationException e)
            {
                throw new ArgumentException("second", e);
            }
        }
        catch (ArgumentException e)
        {
            return e.Message == "second" && e.InnerException is InvalidOperationException { Message: "first" };
        }

        return false;
    }

    private static bool ThrowInsideFinally()
    {
        try
        {
            try
            {
                Throw(new InvalidOperationException());
            }
            finally
            {
                Throw(new ArgumentException("from finally"));
            }
        }
        catch (ArgumentException e)
        {
            return e.Message == "from finally";
        }

        return false;
    }

    private static bool CatchInsideFinally()
    {
        bool inner = false;
        try
        {
            try
            {
                Throw(new InvalidOperationException("outer"));
            }
            finally
            {
                try
                {
                    Throw(new ArgumentException("inner"));
                }
                catch (ArgumentException e)
                {
                    inner = e.Message == "inner";
                }
            }
        }
        catch (InvalidOperationException e)
        {
            return inner && e.Message == "outer";
        }

        return false;
    }

    private static bool CatchInsideCatch()
    {
        int way = 0;
        try
        {
            Throw(new Exception("1"));
        }
        catch (Exception first)
        {
            try
            {
                Throw(new Exception("2"));
            }
            catch (Exception second)
            {
                way = first.Message == "1" && second.Message == "2" ? 1 : 0;
            }

            way += first.Message == "1" ? 10 : 0;
        }

        return way == 11;
    }

    private static bool DeepNesting()
    {
        List<string> order = [];
        try
        {
            try
            {
                Throw(new Exception("a"));
            }
            finally
            {
                try
                {
                    Throw(new Exception("b"));
                }
                catch (Exception b)
                {
                    order.Add(b.Message);
                    try
                    {
                        try
                        {
                            Throw(new Exception("c"));
                        }
                        finally
                        {
                            order.Add("f");
                        }
                    }
                    catch (Exception c)
                    {
                        order.Add(c.Message);
                    }
                }
            }
        }
        catch (Exception a)
        {
            order.Add(a.Message);
        }

        return string.Concat(order) == "bfca";
    }

    private static bool ThroughManyFrames()
    {
        int depth = 0;
        try
        {
            Descend(200, ref depth);
        }
        catch (Exception e)
        {
            return e.Message == "bottom" && depth == 0;
        }

        return false;

        [MethodImpl(MethodImplOptions.NoInlining)]
        static int Descend(int left, ref int depth)
        {
            depth++;
            try
            {
                if (left == 0)
                    throw new Exception("bottom");
                return Descend(left - 1, ref depth) + 1;
            }
            finally
            {
                depth--;
            }
        }
    }

    private static bool RegistersSurvive()
    {
        long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
        for (int i = 0; i < 10; i++)
        {
            try
            {
                a += b;
                Throw(new Exception());
            }
            catch (Exception)
            {
                c += d;
            }

            e += f + i;
        }

        return a == 21 && b == 2 && c == 43 && d == 4 && e == 110 && f == 6;
    }

    private static bool LoopOfExceptions()
    {
        int caught = 0;
        for (int i = 0; i < 1000; i++)
        {
            try
            {
                Throw(new Exception());
            }
            catch (Exception)
            {
                caught++;
            }
        }

        return caught == 1000;
    }

    private abstract class Thrower
    {
        public abstract void Virtual();
    }

    private interface IThrower
    {
        void Interface();
    }

    private sealed class Concrete : Thrower, IThrower
    {
        public override void Virtual() => Throw(new Exception("v"));

        public void Interface() => Throw(new Exception("i"));
    }

    private static void Generic<T>(T value)
        where T : IThrower
    {
        value.Interface();
    }

    private static bool ThroughIndirectCalls()
    {
        Concrete thrower = new();
        return Message(((Thrower)thrower).Virtual) == "v"
            && Message(((IThrower)thrower).Interface) == "i"
            && Message(() => Generic(thrower)) == "i"
            && Message(() => Throw(new Exception("d"))) == "d";
    }

    private static string Message(Action action)
    {
        try
        {
            action();
            return "";
        }
        catch (Exception e)
        {
            return e.Message;
        }
    }

    private sealed class Disposable(List<int> order, int number) : IDisposable
    {
        public void Dispose() => order.Add(number);
    }

    private static bool UsingDisposes()
    {
        List<int> order = [];
        try
        {
            using Disposable first = new(order, 1);
            using Disposable second = new(order, 2);
            Throw(new Exception());
        }
        catch (Exception)
        {
            order.Add(3);
        }

        return string.Join(',', order) == "2,1,3";
    }

    private static class Failing
    {
        public static readonly int Value = Compute();

        private static int Compute()
        {
            throw new InvalidOperationException("static");
        }
    }

    private static bool FailedStaticConstructor()
    {
        for (int i = 0; i < 2; i++)
        {
            try
            {
                _ = Failing.Value.ToString();
                return false;
            }
            catch (TypeInitializationException e)
            {
                if (e.InnerException is not InvalidOperationException)
                    return false;
            }
        }

        return true;
    }

    private static bool InnerExceptionsAreKept()
    {
        Exception e = new("0");
        for (int i = 1; i < 5; i++)
            e = new Exception(i.ToString(), e);
        return e.GetBaseException().Message == "0";
    }

    private static bool StackTraceNamesMethods()
    {
        try
        {
            Throw(new Exception());
        }
        catch (Exception e)
        {
            string trace = e.StackTrace ?? "there is none";
            if (!trace.Contains("ExceptionClauses.Throw") || !trace.Contains("StackTraceNamesMethods"))
                throw new InvalidOperationException(trace);
            return true;
        }

        return false;
    }

    private static bool IteratorFinally()
    {
        bool finished = false;
        foreach (int value in Numbers(() => finished = true))
        {
            if (value == 2)
                break;
        }

        return finished;

        static IEnumerable<int> Numbers(Action atEnd)
        {
            try
            {
                for (int i = 0; ; i++)
                    yield return i;
            }
            finally
            {
                atEnd();
            }
        }
    }

    private static bool GotoOutOfTry()
    {
        int count = 0;
    again:
        try
        {
            if (count < 3)
                goto next;
            return count == 3;
        }
        finally
        {
            count++;
        }

    next:
        goto again;
    }

    private static bool NestedFilters()
    {
        int evaluated = 0;
        try
        {
            try
            {
                try
                {
                    Throw(new Exception("x"));
                }
                catch (Exception) when (Count(ref evaluated, false))
                {
                    return false;
                }
            }
            catch (Exception) when (Count(ref evaluated, false))
            {
                return false;
            }
        }
        catch (Exception) when (Count(ref evaluated, true))
        {
            return evaluated == 3;
        }

        return false;

        static bool Count(ref int counter, bool result)
        {
            counter++;
            return result;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(string? text)
    {
        return text!.Length;
    }

    private static bool NullReferenceInFilter()
    {
        try
        {
            Throw(new Exception("original"));
        }
        catch (Exception) when (LengthOf(null) == 0)
        {
            return false;
        }
        catch (Exception e)
        {
            return e.Message == "original";
        }

        return false;
    }

    private static bool NullReferenceInFinally()
    {
        int length = 0;
        try
        {
            try
            {
                Throw(new InvalidOperationException());
            }
            finally
            {
                length = LengthOf(null);
            }
        }
        catch (NullReferenceException)
        {
            return length == 0;
        }

        return false;
    }

    private static bool NullReferenceAgain()
    {
        int passed = 0;
        try
        {
            try
            {
                passed = LengthOf(null);
            }
            catch (NullReferenceException)
            {
                passed++;
                throw;
            }
        }
        catch (NullReferenceException)
        {
            return passed == 1;
        }

        return false;
    }

    private static class Filtering
    {
        public static readonly int Value;

        static Filtering()
        {
            try
            {
                Value = LengthOf(null);
            }
            catch (NullReferenceException e) when (e.InnerException == null)
            {
                Value = 3;
            }
        }
    }

    private static bool FilterInStaticConstructor() => Filtering.Value == 3;

    private static bool TraceOfExceptionThrownOn()
    {
        try
        {
            try
            {
                Throw(new Exception());
            }
            catch (Exception e)
            {
                ExceptionDispatchInfo.Capture(e).Throw();
            }
        }
        catch (Exception e)
        {
            foreach (string line in e.StackTrace!.Split('\n'))
            {
                if (line.Contains("0x0000000000"))
                    throw new InvalidOperationException(e.StackTrace);
            }

            return e.StackTrace.Contains("ExceptionClauses.Throw");
        }

        return false;
    }

    private static bool TraceInFilterInCatch()
    {
        string trace = "";
        try
        {
            Throw(new InvalidOperationException());
        }
        catch (InvalidOperationException)
        {
            try
            {
                Throw(new ArgumentException());
            }
            catch (ArgumentException) when (Keep(ref trace, new StackTrace().GetFrames()))
            {
            }
        }

        // A walk that lost its way meets the frame of the outer catch twice in a row.
        string[] addresses = trace.Split(' ');
        for (int i = 1; i < addresses.Length; i++)
        {
            if (addresses[i] == addresses[i - 1])
                throw new InvalidOperationException(trace);
        }

        return addresses.Length > 3;
    }

    private static bool Keep(ref string target, StackFrame[] frames)
    {
        foreach (StackFrame frame in frames)
            target += frame.GetNativeIP().ToString("x") + " ";
        return true;
    }
}
