using Microsoft.CodeAnalysis;

namespace ClassroomKD.Analyzers;

/// <summary>The methods of TorchSharp 0.107 that make a temporary scalar themselves, where the caller's code shows no number.</summary>
internal static class HiddenScalars
{
    /// <summary>Their documentation ids. A test compares them with what TorchSharp's compiled code does.</summary>
    public static readonly IReadOnlyList<string> Methods = new[]
    {
        "M:TorchSharp.torch.Tensor.op_Addition(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.Tensor.op_Addition(TorchSharp.torch.Tensor,TorchSharp.Scalar)",
        "M:TorchSharp.torch.Tensor.op_Addition(TorchSharp.Scalar,TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.Tensor.op_Subtraction(TorchSharp.Scalar,TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.Tensor.add(TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.Tensor.add(TorchSharp.Scalar)",
        "M:TorchSharp.torch.Tensor.add_(TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.Tensor.add_(TorchSharp.Scalar)",
        "M:TorchSharp.torch.add(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.add(TorchSharp.torch.Tensor,TorchSharp.Scalar)",
        "M:TorchSharp.torch.add_(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.add_(TorchSharp.torch.Tensor,TorchSharp.Scalar)",
        "M:TorchSharp.torch.Tensor.square",
        "M:TorchSharp.torch.square(TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.Tensor.addcdiv(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.Tensor.addcdiv_(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.Tensor.celu",
        "M:TorchSharp.torch.Tensor.celu_",
        "M:TorchSharp.torch.Tensor.elu(System.Double)",
        "M:TorchSharp.torch.Tensor.elu_(System.Double)",
        "M:TorchSharp.torch.Tensor.softplus(System.Double,System.Double)",
        "M:TorchSharp.torch.arange(TorchSharp.Scalar,System.Nullable{TorchSharp.torch.ScalarType},TorchSharp.torch.Device,System.Boolean)",
        "M:TorchSharp.torch.arange(TorchSharp.Scalar,TorchSharp.Scalar,System.Nullable{TorchSharp.torch.ScalarType}," +
            "TorchSharp.torch.Device,System.Boolean)",
        "M:TorchSharp.torch.histogram(TorchSharp.torch.Tensor,TorchSharp.HistogramBinSelector," +
            "System.Nullable{System.ValueTuple{System.Double,System.Double}},System.Boolean)",
        "M:TorchSharp.torch.linalg.matrix_norm(TorchSharp.torch.Tensor,System.Double,System.Int64[],System.Boolean)",
        "M:TorchSharp.torch.linalg.vector_norm(TorchSharp.torch.Tensor,System.Double,System.Int64[],System.Boolean)",
        "M:TorchSharp.torch.nn.functional.Hardshrink(TorchSharp.torch.Tensor,System.Double)",
        "M:TorchSharp.torch.nn.functional.Hardtanh(TorchSharp.torch.Tensor,System.Double,System.Double,System.Boolean)",
        "M:TorchSharp.torch.nn.functional.Mish(TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.nn.functional.Softshrink(TorchSharp.torch.Tensor,System.Double)",
        "M:TorchSharp.torch.nn.functional.Softsign(TorchSharp.torch.Tensor)",
        "M:TorchSharp.torch.nn.functional.Threshold(TorchSharp.torch.Tensor,System.Double,System.Double,System.Boolean)",
        "M:TorchSharp.torch.nn.functional.celu(TorchSharp.torch.Tensor,System.Double,System.Boolean)",
        "M:TorchSharp.torch.nn.functional.elu(TorchSharp.torch.Tensor,System.Double,System.Boolean)",
        "M:TorchSharp.torch.nn.functional.hardshrink(TorchSharp.torch.Tensor,System.Double)",
        "M:TorchSharp.torch.nn.functional.hardtanh(TorchSharp.torch.Tensor,System.Double,System.Double,System.Boolean)",
        "M:TorchSharp.torch.nn.functional.leaky_relu(TorchSharp.torch.Tensor,System.Double,System.Boolean)",
        "M:TorchSharp.torch.nn.functional.mish(TorchSharp.torch.Tensor,System.Boolean)",
        "M:TorchSharp.torch.nn.functional.softplus(TorchSharp.torch.Tensor,System.Double,System.Double)",
        "M:TorchSharp.torch.nn.functional.softshrink(TorchSharp.torch.Tensor,System.Double)",
        "M:TorchSharp.torch.nn.functional.softsign(TorchSharp.torch.Tensor,System.Boolean)",
        "M:TorchSharp.torch.nn.functional.threshold(TorchSharp.torch.Tensor,System.Double,System.Double,System.Boolean)",
        "M:TorchSharp.torch.normal(System.Double,System.Double,System.ReadOnlySpan{System.Int64}," +
            "System.Nullable{TorchSharp.torch.ScalarType},TorchSharp.torch.Device,System.Boolean," +
            "TorchSharp.torch.Generator,System.String[])",
        "M:TorchSharp.torch.normal(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor,TorchSharp.torch.Generator)",
    };

    /// <summary>The modules that make one in each forward pass, by the names of the functions that make them.</summary>
    public static readonly IReadOnlyList<string> Modules = new[]
    {
        "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "CELU", "ELU", "GaussianNLLLoss", "Hardshrink", "Hardtanh", "LeakyReLU", "Mish",
        "Softplus", "Softshrink", "Softsign", "Threshold",
    };

    private static readonly string[] Optimizers = ["SGD", "AdamW"];

    /// <summary>The methods that a compilation has, and what to write instead.</summary>
    public static IReadOnlyDictionary<ISymbol, string> Of(Compilation compilation)
    {
        var found = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);
        foreach (var id in Methods)
            if (DocumentationCommentId.GetFirstSymbolForDeclarationId(id, compilation) is IMethodSymbol method)
                found[method] = Advice(method);
        var makers = Optimizers.Select(name => (Type: "TorchSharp.torch+optim", name))
            .Concat(Modules.Select(name => (Type: "TorchSharp.torch+nn", name)));
        foreach (var (type, name) in makers)
            foreach (var method in compilation.GetTypeByMetadataName(type)?.GetMembers(name) ?? [])
                found[method] = Advice(method);
        return found;
    }

    private static string Advice(ISymbol method) => method.Name switch
    {
        "op_Addition" or "add" or "add_" => "write a.add(b, Scalars.One)",
        "op_Subtraction" => "write x.neg().add(a, Scalars.One)",
        "square" => "write x.mul(x)",
        "SGD" => "use ClassroomKD.SgdOptimizer",
        "AdamW" => "use ClassroomKD.AdamWOptimizer",
        "BatchNorm1d" or "BatchNorm2d" or "BatchNorm3d" => "use ClassroomKD.Networks.BatchNormalization",
        _ => "compose it of operations that take one of ClassroomKD.Scalars",
    };
}
