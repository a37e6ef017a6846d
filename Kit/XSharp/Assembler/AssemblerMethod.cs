namespace XSharp.Assembler;

/// <summary>A method body written in X#; named by <c>[PlugMethod(Assembler = typeof(…))]</c>.</summary>
public abstract class AssemblerMethod
{
    /// <summary>Emits the body by calls of <see cref="XS"/>, without prologue and without the final return.</summary>
    /// <param name="aAssembler">The assembler that collects the body; it is the current one during the call.</param>
    /// <param name="aMethodInfo">The tool's description of the method; bodies seldom need it.</param>
    public abstract void AssembleNew(Assembler aAssembler, object aMethodInfo);
}
