using System;
using System.Collections.Generic;
using System.Text;

namespace XSharp.Assembler;

/// <summary>Collects the NASM source text of X# bodies for a 32-bit or a 64-bit machine.</summary>
/// <remarks>
/// The <see cref="XS"/> methods emit into <see cref="CurrentInstance"/>, which <see cref="Enter"/> sets for the
/// calling thread. Names that are used by a jump, a call or an operand and defined nowhere in the text are declared
/// <c>extern</c>; names in literal code are not seen: declare those with <see cref="Extern"/>.
/// </remarks>
public sealed class Assembler
{
    [ThreadStatic]
    private static Assembler? s_current;

    private readonly List<string> _lines = new();
    private readonly List<string> _data = new();
    private readonly HashSet<string> _defined = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _referenced = new(StringComparer.Ordinal);

    /// <summary>Creates an assembler for a machine of <paramref name="bits"/> bits: 32 or 64.</summary>
    public Assembler(int bits)
    {
        if (bits is not (32 or 64))
        {
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "X# emits for 32 or 64 bits.");
        }

        Bits = bits;
    }

    /// <summary>The assembler that the <see cref="XS"/> methods of this thread emit into.</summary>
    /// <exception cref="InvalidOperationException">None is entered.</exception>
    public static Assembler CurrentInstance =>
        s_current ?? throw new InvalidOperationException("No assembler is current: X# is emitted inside Assembler.Enter().");

    /// <summary>The machine's width: 32 or 64.</summary>
    public int Bits { get; }

    /// <summary>Makes this the current assembler of the thread until the scope is disposed.</summary>
    public Scope Enter()
    {
        return new Scope(this);
    }

    /// <summary>Adds the method's body as a global symbol: its label, the body and a return.</summary>
    /// <param name="symbol">The symbol that the compiled code calls.</param>
    /// <param name="method">The body.</param>
    /// <param name="methodInfo">Passed on to <see cref="AssemblerMethod.AssembleNew"/>.</param>
    public void EmitMethod(string symbol, AssemblerMethod method, object methodInfo)
    {
        ArgumentNullException.ThrowIfNull(method);
        using (Enter())
        {
            Global(symbol);
            DefineLabel(symbol);
            method.AssembleNew(this, methodInfo);
            Append("    ret");
        }
    }

    /// <summary>Adds a line of NASM source as it is.</summary>
    public void Append(string line)
    {
        _lines.Add(line);
    }

    /// <summary>Adds a comment line.</summary>
    public void AppendComment(string comment)
    {
        ArgumentNullException.ThrowIfNull(comment);
        foreach (string line in comment.Split('\n'))
        {
            Append("    ; " + line.TrimEnd());
        }
    }

    /// <summary>Makes a label of this text visible to the linker.</summary>
    public void Global(string name)
    {
        SymbolName.Check(name);
        Append("global " + name);
    }

    /// <summary>Says that a name used by literal code is defined elsewhere.</summary>
    public void Extern(string name)
    {
        SymbolName.Check(name);
        _ = _referenced.Add(name);
    }

    /// <summary>The whole text: declarations, code, data.</summary>
    public string ToSource()
    {
        StringBuilder source = new();
        _ = source.Append("bits ").Append(Bits).Append('\n');
        if (Bits == 64)
        {
            _ = source.Append("default rel\n");
        }

        foreach (string name in _referenced)
        {
            if (!_defined.Contains(name))
            {
                _ = source.Append("extern ").Append(name).Append('\n');
            }
        }

        _ = source.Append("section .text\n");
        foreach (string line in _lines)
        {
            _ = source.Append(line).Append('\n');
        }

        if (_data.Count > 0)
        {
            _ = source.Append("section .data\n");
            foreach (string line in _data)
            {
                _ = source.Append(line).Append('\n');
            }
        }

        return source.ToString();
    }

    internal void DefineLabel(string name)
    {
        SymbolName.Check(name);
        if (!SymbolName.IsLocal(name) && !_defined.Add(name))
        {
            throw new InvalidOperationException($"The label '{name}' is defined twice.");
        }

        Append(name + ":");
    }

    /// <summary>A name given a value by a directive, not by a place in the text.</summary>
    internal void DefineConstant(string name, string value)
    {
        SymbolName.Check(name);
        _ = _defined.Add(name);
        Append(name + " equ " + value);
    }

    internal void DefineData(string name, string definition)
    {
        SymbolName.Check(name);
        if (!_defined.Add(name))
        {
            throw new InvalidOperationException($"The label '{name}' is defined twice.");
        }

        _data.Add(name + ": " + definition);
    }

    /// <summary>Notes that an operand names <paramref name="name"/>, which may lie in another object file.</summary>
    internal void Reference(string name)
    {
        SymbolName.Check(name);
        if (!SymbolName.IsLocal(name))
        {
            _ = _referenced.Add(name);
        }
    }

    /// <summary>The time in which an assembler is the current one.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly Assembler? _previous;

        internal Scope(Assembler entered)
        {
            _previous = s_current;
            s_current = entered;
        }

        /// <summary>Makes the previous assembler current again.</summary>
        public void Dispose()
        {
            s_current = _previous;
        }
    }
}
