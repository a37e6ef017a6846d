using System;

namespace Kit.Runtime;

/// <summary>What the compiler says of a method or handler in <c>.dotnet_eh_table</c>, and the walk over a method's clauses.</summary>
/// <remarks>
/// A handler ("funclet") is a function of its own whose record leads to that of the method it belongs to. Numbers are
/// NativeAOT's variable-length form: the low bits 0, 01, 011, 0111 select one to four bytes, 1111 four more bytes.
/// </remarks>
internal unsafe struct MethodEhInfo
{
    private const byte KindMask = 0x03;
    private const byte HasEhInfoFlag = 0x04;
    private const byte HasAssociatedDataFlag = 0x10;

    /// <summary>First instruction of the method (of the method itself when this describes a handler).</summary>
    public byte* MethodStart;

    /// <summary>Whether the function is a handler and not the method's own body.</summary>
    public bool IsFunclet;

    private byte* _mainRecord;

    /// <summary>Whether the method has clauses; such a method and its handlers keep one frame pointer between them.</summary>
    public readonly bool HasClauses => _mainRecord != null && (*_mainRecord & HasEhInfoFlag) != 0;

    /// <summary>Reads the record of <paramref name="function"/>.</summary>
    public static MethodEhInfo Read(in FunctionEntry function)
    {
        MethodEhInfo info = default;
        info.MethodStart = function.Start;
        byte* record = function.Lsda;
        if (record == null)
            return info;
        info._mainRecord = record;
        if ((*record & KindMask) != 0)
        {
            info.IsFunclet = true;
            byte* field = record + 1;
            info._mainRecord = field + *(int*)field;
            field += sizeof(int);
            info.MethodStart = function.Start - *(int*)field;
        }

        return info;
    }

    /// <summary>The clauses of the method; false when it has none.</summary>
    public readonly bool TryGetClauses(out ClauseReader clauses)
    {
        clauses = default;
        if (!HasClauses)
            return false;
        byte flags = *_mainRecord;
        byte* field = _mainRecord + 1;
        if ((flags & HasAssociatedDataFlag) != 0)
            field += sizeof(int);
        clauses.Start(field + *(int*)field, MethodStart);
        return true;
    }
}

/// <summary>CoreLib's RhEHClause.</summary>
internal unsafe struct EhClause
{
    public int Kind;
    public uint TryStart;
    public uint TryEnd;
    public byte* Filter;
    public byte* Handler;
    public void* TargetType;
}

/// <summary>State of an enumeration of clauses; fits CoreLib's EHEnum (32 bytes).</summary>
internal unsafe struct ClauseReader
{
    private const int KindTyped = 0;
    private const int KindFault = 1;
    private const int KindFilter = 2;

    private byte* _methodStart;
    private byte* _cursor;
    private uint _remaining;

    public void Start(byte* clauses, byte* methodStart)
    {
        _methodStart = methodStart;
        _cursor = clauses;
        _remaining = ReadNumber();
    }

    public bool TryNext(EhClause* clause)
    {
        if (_remaining == 0)
            return false;
        _remaining--;
        *clause = default;
        clause->TryStart = ReadNumber();
        uint lengthAndKind = ReadNumber();
        clause->TryEnd = clause->TryStart + (lengthAndKind >> 2);
        clause->Kind = (int)(lengthAndKind & 3);
        clause->Handler = _methodStart + ReadNumber();
        switch (clause->Kind)
        {
            case KindTyped:
                clause->TargetType = _cursor + *(int*)_cursor;
                _cursor += sizeof(int);
                break;
            case KindFilter:
                clause->Filter = _methodStart + ReadNumber();
                break;
            case KindFault:
                break;
            default:
                throw new InvalidOperationException("Unknown kind of exception clause.");
        }

        return true;
    }

    private uint ReadNumber()
    {
        uint first = *_cursor;
        uint value;
        if ((first & 1) == 0)
        {
            value = first >> 1;
            _cursor += 1;
        }
        else if ((first & 2) == 0)
        {
            value = (first | ((uint)_cursor[1] << 8)) >> 2;
            _cursor += 2;
        }
        else if ((first & 4) == 0)
        {
            value = (first | ((uint)_cursor[1] << 8) | ((uint)_cursor[2] << 16)) >> 3;
            _cursor += 3;
        }
        else if ((first & 8) == 0)
        {
            value = *(uint*)_cursor >> 4;
            _cursor += 4;
        }
        else
        {
            value = *(uint*)(_cursor + 1);
            _cursor += 5;
        }

        return value;
    }
}
