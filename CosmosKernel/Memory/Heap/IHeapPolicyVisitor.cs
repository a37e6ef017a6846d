namespace MemOS.Memory.Heap;

/// <summary>Sees each policy that there is: <see cref="HeapPolicies.Visit"/>.</summary>
public interface IHeapPolicyVisitor
{
    /// <summary>There is <typeparamref name="TPolicy"/>, called <paramref name="name"/> where people choose.</summary>
    void Visit<TPolicy>(string name)
        where TPolicy : unmanaged, IHeapPolicy;
}
