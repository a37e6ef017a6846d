namespace IL2CPU.Subset;

/// <summary>A place that breaks a rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="File">The source file, or the assembly where there are no symbols.</param>
/// <param name="Line">The line, or 0.</param>
/// <param name="Type">The type's full name.</param>
/// <param name="Member">The member's name, or empty for the type itself.</param>
/// <param name="Detail">What was found there.</param>
public sealed record SubsetFinding(SubsetRule Rule, string File, int Line, string Type, string Member, string Detail)
{
    /// <summary>The type with the member, as exemptions name it.</summary>
    public string Place => Member.Length == 0 ? Type : $"{Type}.{Member}";

    /// <inheritdoc/>
    public override string ToString()
    {
        return $"{File}({Line}): {Rule.Id} {Place}: {Detail}: {Rule.Reason}";
    }
}

/// <summary>A place where a rule may be broken, and why that is fine there.</summary>
/// <param name="RuleId">The rule's id.</param>
/// <param name="Place">The type's full name, with the member's after a dot.</param>
/// <param name="Reason">Why it is fine.</param>
public sealed record SubsetExemption(string RuleId, string Place, string Reason);
