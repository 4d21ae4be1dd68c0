using TorchSharp.Modules;

namespace ClassroomKD;

/// <summary>Shortens gradients whose norm is too large, without waiting for the device as TorchSharp's clip_grad_norm_ does to return the
/// norm.</summary>
internal static class GradientNorm
{
    private static readonly Scalar Tiny = Scalars.Of(1e-6);

    /// <summary>Multiplies all gradients by <c>min(1, largest / norm)</c> (Pascanu et al., 2013).</summary>
    public static void Limit(IEnumerable<Parameter> parameters, Scalar largest)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        if (gradients.Length == 0)
            return;
        var squares = stack([.. gradients.Select(gradient => Squared(gradient.to_type(ScalarType.Float32)).sum())]);
        var norm = squares.sum().sqrt();
        var factor = ones_like(norm).mul(largest).div(norm.add(Tiny, Scalars.One)).clamp_max(Scalars.One);
        foreach (var gradient in gradients)
            gradient.mul_(factor.to_type(gradient.dtype));
    }

    private static Tensor Squared(Tensor x) => x * x;
}
