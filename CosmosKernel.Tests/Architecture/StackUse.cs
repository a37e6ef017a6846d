using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MemOS.Tests.Architecture;

/// <summary>How many values an instruction takes from the stack and puts there.</summary>
internal static class StackUse
{
    internal static int Pops(Instruction instruction)
    {
        if (instruction.Operand is IMethodSignature called && instruction.OpCode.FlowControl == FlowControl.Call)
            return called.Parameters.Count + (called.HasThis && instruction.OpCode.Code != Code.Newobj ? 1 : 0) + (instruction.OpCode.Code == Code.Calli ? 1 : 0);
        return instruction.OpCode.StackBehaviourPop switch
        {
            StackBehaviour.Pop0 => 0,
            StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
            StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
                or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
            StackBehaviour.Varpop or StackBehaviour.PopAll => int.MaxValue,
            _ => 3,
        };
    }

    internal static int Pushes(Instruction instruction)
    {
        if (instruction.Operand is IMethodSignature called && instruction.OpCode.FlowControl == FlowControl.Call)
            return instruction.OpCode.Code == Code.Newobj || called.ReturnType.MetadataType != MetadataType.Void ? 1 : 0;
        return instruction.OpCode.StackBehaviourPush switch
        {
            StackBehaviour.Push0 => 0,
            StackBehaviour.Push1_push1 => 2,
            _ => 1,
        };
    }
}
