using ClassroomKD.Kernels;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels.Cuda;

/// <summary>The kernels on a real GPU, called with tensors of the CPU.</summary>
internal static class Gpu
{
    public static void Require()
    {
        if (!cuda.is_available())
            Assert.Ignore("There is no GPU that libtorch can use.");
    }

    public static MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments)
    {
        var result = MultiMentorDivergence.Compute(arguments with
        {
            Student = arguments.Student.to(CUDA),
            Mentors = [.. arguments.Mentors.Select(mentor => mentor.to(CUDA))],
            Weights = arguments.Weights.to(CUDA),
            Temperatures = arguments.Temperatures.to(CUDA),
            StudentTemperatures = arguments.StudentTemperatures?.to(CUDA),
        });
        return new() { Loss = result.Loss.to(CPU), PerMentor = result.PerMentor.to(CPU) };
    }

    public static MultiMentorCrossEntropyResult Judge(MultiMentorCrossEntropyArguments arguments)
    {
        var result = MultiMentorCrossEntropy.Compute(arguments with
        {
            Student = arguments.Student.to(CUDA),
            Mentors = [.. arguments.Mentors.Select(mentor => mentor.to(CUDA))],
            Targets = arguments.Targets.to(CUDA),
        });
        return new() { CrossEntropy = result.CrossEntropy.to(CPU), Correct = result.Correct.to(CPU), Finite = result.Finite.to(CPU) };
    }
}
