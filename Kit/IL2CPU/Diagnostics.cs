using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace IL2CPU;

/// <summary>An error of an image build, in the form that MSBuild reads: <c>file(line): error CODE: message</c>.</summary>
public sealed record Diagnostic(string File, int Line, string Code, string Message)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        return Line > 0 ? $"{File}({Line}): error {Code}: {Message}" : $"{File}: error {Code}: {Message}";
    }
}

/// <summary>The error codes; README.md explains them.</summary>
public static class ErrorCodes
{
    public const string MissingTargetType = "IL2CPU001";
    public const string MissingTargetMethod = "IL2CPU002";
    public const string WrongSignature = "IL2CPU003";
    public const string TwoPlugs = "IL2CPU004";
    public const string PlugRequired = "IL2CPU005";
    public const string NotAnAssemblerMethod = "IL2CPU006";
    public const string NoSingleKernel = "IL2CPU007";
    public const string BadInput = "IL2CPU008";
    public const string MissingField = "IL2CPU009";
    public const string ToolFailed = "IL2CPU010";
    public const string AssemblerFailed = "IL2CPU011";
    public const string AddressesMoved = "IL2CPU012";
    public const string Unsupported = "IL2CPU013";
}

/// <summary>Collects the errors of a build, so that one run reports them all.</summary>
public sealed class DiagnosticBag
{
    private readonly List<Diagnostic> _items = [];

    /// <summary>Where <c>/_/</c>, the deterministic root of source paths, lies on this machine; null leaves it as it is.</summary>
    public string? SourceRoot { get; init; }

    /// <summary>The errors, in the order in which they were found.</summary>
    public IReadOnlyList<Diagnostic> Items => _items;

    /// <summary>Whether there is any.</summary>
    public bool HasErrors => _items.Count > 0;

    /// <summary>Adds an error that concerns a file as a whole.</summary>
    public void Error(string code, string file, string message)
    {
        Add(new Diagnostic(file, 0, code, message));
    }

    /// <summary>Adds an error at a method's first source line, or at its type's when the method has none.</summary>
    public void Error(string code, MethodDefinition method, string message)
    {
        SourceLocation location = SourceLocation.Of(method);
        Add(new Diagnostic(ToLocalPath(location.File), location.Line, code, message));
    }

    /// <summary>Adds an error at a type's first source line.</summary>
    public void Error(string code, TypeDefinition type, string message)
    {
        SourceLocation location = SourceLocation.Of(type);
        Add(new Diagnostic(ToLocalPath(location.File), location.Line, code, message));
    }

    private void Add(Diagnostic diagnostic)
    {
        if (!_items.Contains(diagnostic))
            _items.Add(diagnostic);
    }

    private string ToLocalPath(string file)
    {
        return SourceRoot is not null && file.StartsWith("/_/", System.StringComparison.Ordinal)
            ? System.IO.Path.Combine(SourceRoot, file[3..])
            : file;
    }
}

/// <summary>A place in a source file, from an assembly's symbols; the assembly itself where there are none.</summary>
public readonly record struct SourceLocation(string File, int Line)
{
    /// <summary>The first line of <paramref name="method"/> that has code.</summary>
    public static SourceLocation Of(MethodDefinition method)
    {
        return FirstLine(method) ?? Of(method.DeclaringType);
    }

    /// <summary>The first line of <paramref name="type"/> that has code.</summary>
    public static SourceLocation Of(TypeDefinition type)
    {
        SourceLocation? first = type.Methods.Select(FirstLine).Where(l => l is not null).MinBy(l => l!.Value.Line);
        return first ?? new SourceLocation(type.Module.FileName, 0);
    }

    private static SourceLocation? FirstLine(MethodDefinition method)
    {
        // Reading the body is what makes Cecil read its sequence points.
        if (!method.HasBody || method.Body is null)
            return null;
        Mono.Cecil.Cil.SequencePoint? point = method.DebugInformation.SequencePoints.FirstOrDefault(p => !p.IsHidden);
        return point is null ? null : new SourceLocation(point.Document.Url, point.StartLine);
    }
}
