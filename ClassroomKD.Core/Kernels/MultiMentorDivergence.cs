using ClassroomKD.Kernels.Cuda;
using ClassroomKD.Kernels.Simd;

namespace ClassroomKD.Kernels;

/// <summary>
/// The softened Kullback-Leibler divergence of a student from several mentors at once, each row at its own weight and temperature:
/// <c>L_i = sum_m w[m,i] T_m[m,i] T_s[m,i] KL(softmax(beta z_m / T_m) || softmax(beta z_0 / T_s))_i</c>; with equal temperatures
/// the factor is T² (Hinton et al., arXiv 1503.02531; weights and temperatures of ClassroomKD, arXiv 2409.20237).
/// </summary>
/// <remarks>
/// The gradient <c>beta w T_m (softmax(beta z_0 / T_s) - softmax(beta z_m / T_m))</c> is computed together with the loss, so that the
/// backward pass only scales it and no intermediate of any mentor is kept. It can be differentiated once: a second derivative
/// through it is 0. Nothing is read back from the device. A logit of negative infinity masks its class: between a student and a mentor of
/// whom one masks it, it counts for nothing, as if neither had it; its gradient is 0.
/// </remarks>
public static class MultiMentorDivergence
{
    /// <summary>Computes the divergences of all rows and mentors.</summary>
    /// <param name="arguments">Logits, weights and temperatures. float16 and bfloat16 are computed in float32.</param>
    /// <returns>The loss of each row and its parts, in the type of computation.</returns>
    /// <exception cref="ArgumentException">A shape, type or device does not fit, or the wanted implementation cannot serve it.</exception>
    /// <exception cref="NotSupportedException"><see cref="KernelImplementation.Cuda"/> was asked for, and driver or compiler
    /// refuses.</exception>
    public static MultiMentorDivergenceResult Compute(in MultiMentorDivergenceArguments arguments) => Compute(arguments, SimdWidth.Auto);

    /// <summary>The same for a caller that has validated the arguments.</summary>
    internal static MultiMentorDivergenceResult ComputeValidated(in MultiMentorDivergenceArguments arguments) =>
        ComputeValidated(arguments, SimdWidth.Auto, CudaRuntime.Installed);

    /// <param name="arguments">As above.</param>
    /// <param name="width">The widest vector to use.</param>
    /// <param name="cuda">Who runs the CUDA kernels; default: this machine's driver.</param>
    internal static MultiMentorDivergenceResult Compute(
        in MultiMentorDivergenceArguments arguments, SimdWidth width, CudaRuntime? cuda = null)
    {
        DivergenceValidation.Check(arguments);
        return ComputeValidated(arguments, width, cuda ?? CudaRuntime.Installed);
    }

    private static MultiMentorDivergenceResult ComputeValidated(
        in MultiMentorDivergenceArguments arguments, SimdWidth width, CudaRuntime cuda)
    {
        using var scope = NewDisposeScope();
        var student = arguments.Student;
        var differentiate = student.requires_grad && is_grad_enabled();

        var parts = default(DivergenceParts);
        var computed = false;
        if (KernelSeam.UsesCuda(arguments.Implementation, student, arguments.Mentors.Count, cuda))
            using (no_grad())
                computed = CudaDivergence.TryCompute(arguments, differentiate, cuda, out parts);
        if (!computed)
        {
            student = student.InFullPrecision();
            using var recording = no_grad();
            var input = arguments.InTypeOf(student);
            parts = KernelSeam.UsesSimd(arguments.Implementation, student)
                ? SimdDivergence.Compute(input, differentiate, width)
                : ReferenceDivergence.Compute(input, differentiate);
        }

        var loss = parts.Gradient is { } gradient
            ? PrecomputedGradient.Attach(student, gradient, parts.Loss, arguments.Reduction)
            : PrecomputedGradient.Reduced(parts.Loss, arguments.Reduction);
        return new MultiMentorDivergenceResult
        {
            Loss = loss.MoveToOuterDisposeScope(),
            PerMentor = parts.PerMentor.MoveToOuterDisposeScope(),
        };
    }
}
