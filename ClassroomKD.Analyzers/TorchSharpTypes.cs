using Microsoft.CodeAnalysis;

namespace ClassroomKD.Analyzers;

/// <summary>The types of TorchSharp as a compilation sees them.</summary>
internal sealed class TorchSharpTypes
{
    private readonly INamedTypeSymbol? optimizer, autograd;

    private TorchSharpTypes(Compilation compilation, INamedTypeSymbol tensor, INamedTypeSymbol scalar)
    {
        Tensor = tensor;
        Scalar = scalar;
        optimizer = compilation.GetTypeByMetadataName("TorchSharp.torch+optim+Optimizer");
        autograd = compilation.GetTypeByMetadataName("TorchSharp.torch+autograd");
    }

    public INamedTypeSymbol Tensor { get; }

    public INamedTypeSymbol Scalar { get; }

    /// <summary>Null where TorchSharp is not referenced.</summary>
    public static TorchSharpTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("TorchSharp.torch+Tensor") is { } tensor
        && compilation.GetTypeByMetadataName("TorchSharp.Scalar") is { } scalar
            ? new(compilation, tensor, scalar)
            : null;

    public bool IsTensor(ITypeSymbol? type) => Same(type, Tensor);

    public bool IsScalar(ITypeSymbol? type) => Same(type, Scalar);

    public bool IsInTorchSharp(ISymbol symbol) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, Tensor.ContainingAssembly);

    public bool IsBackward(IMethodSymbol method) =>
        method.Name == "backward" && (IsTensor(method.ContainingType) || Same(method.ContainingType, autograd));

    public bool IsNewDisposeScope(IMethodSymbol method) => method.Name == "NewDisposeScope" && IsInTorchSharp(method);

    public bool IsOptimizerStep(IMethodSymbol method)
    {
        for (ITypeSymbol? type = method.Name == "step" ? method.ContainingType : null; type is not null; type = type.BaseType)
            if (Same(type, optimizer))
                return true;
        return false;
    }

    private static bool Same(ITypeSymbol? a, ITypeSymbol? b) =>
        a is not null && SymbolEqualityComparer.Default.Equals(a.OriginalDefinition, b);
}
