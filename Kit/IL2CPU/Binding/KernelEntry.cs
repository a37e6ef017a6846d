using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace IL2CPU.Binding;

/// <summary>Finds the kernel's class and makes the kit's factory create it.</summary>
internal sealed class KernelEntry
{
    private const string BaseName = "Cosmos.System.Kernel";
    private const string FactoryName = "Cosmos.System.KernelFactory";
    private const string CreateName = "Create";

    private readonly DiagnosticBag _diagnostics;
    private TypeDefinition? _kernel;

    public KernelEntry(DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
    }

    /// <summary>The kit's method that creates the kernel; null when the image has no kit.</summary>
    public MethodDefinition? Factory { get; private set; }

    /// <summary>Looks for the one class of the kernel's assembly that derives from the kit's Kernel, and for the factory.</summary>
    public void Find(AssemblyDefinition kernelAssembly, IReadOnlyList<AssemblyDefinition> own)
    {
        Factory = own.Select(a => a.MainModule.GetType(FactoryName)).FirstOrDefault(t => t is not null)?
            .Methods.FirstOrDefault(m => m.Name == CreateName && m.IsStatic && m.Parameters.Count == 0);
        if (Factory is null)
            return;

        string file = kernelAssembly.MainModule.FileName;
        List<TypeDefinition> kernels = kernelAssembly.MainModule.GetTypes().Where(t => !t.IsAbstract && DerivesFromKernel(t)).ToList();
        switch (kernels.Count)
        {
            case 0:
                _diagnostics.Error(ErrorCodes.NoSingleKernel, file, $"{kernelAssembly.MainModule.Name} has no class that derives from {BaseName}; "
                    + "the kernel assembly needs exactly one.");
                return;
            case > 1:
                _diagnostics.Error(ErrorCodes.NoSingleKernel, kernels[1], $"{kernelAssembly.MainModule.Name} has {kernels.Count} classes that derive "
                    + $"from {BaseName}: {string.Join(", ", kernels.Select(k => k.FullName))}; the kernel assembly needs exactly one.");
                return;
        }

        if (Constructor(kernels[0]) is null)
        {
            _diagnostics.Error(ErrorCodes.NoSingleKernel, kernels[0], $"{kernels[0].FullName} in {kernelAssembly.MainModule.Name} has no "
                + "constructor without parameters.");
            return;
        }

        _kernel = kernels[0];
    }

    /// <summary>Fills the factory's body; boot entries run before the kernel is created.</summary>
    /// <returns>Whether there was a factory to fill.</returns>
    public bool Fill(IEnumerable<MethodDefinition> bootEntries)
    {
        if (Factory is null || _kernel is null)
            return false;
        BodyRewriter.ReplaceByNew(Factory, Constructor(_kernel)!, bootEntries);
        return true;
    }

    private static MethodDefinition? Constructor(TypeDefinition type)
    {
        return type.Methods.FirstOrDefault(m => m.IsConstructor && !m.IsStatic && m.Parameters.Count == 0);
    }

    private static bool DerivesFromKernel(TypeDefinition type)
    {
        for (TypeReference? current = type.BaseType; current is not null; current = current.Resolve()?.BaseType)
        {
            if (current.FullName == BaseName)
                return true;
        }

        return false;
    }
}
