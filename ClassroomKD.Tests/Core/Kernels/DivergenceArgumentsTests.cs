using ClassroomKD.Kernels;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

public sealed class DivergenceArgumentsTests
{
    private static readonly Func<MultiMentorDivergenceArguments, (MultiMentorDivergenceArguments, string)>[] Faults =
    [
        x => (x with { Mentors = [] }, "*one mentor*none*"),
        x => (x with { Mentors = [x.Mentors[0], ones(3, 6)] }, "Mentors[1]*[3, 5]*[3, 6]*"),
        x => (x with { Mentors = [x.Mentors[0], ones([3, 5], ScalarType.Int64)] }, "Mentors[1]*Int64*"),
        x => (x with { Student = ones(15) }, "Student*[15]*"),
        x => (x with { Student = ones([3, 5], ScalarType.Int64) }, "Student*Int64*"),
        x => (x with { Weights = ones(3, 2) }, "Weights*[2, 3]*[3, 2]*"),
        x => (x with { Temperatures = ones(2, 4) }, "Temperatures*[2, 3]*[2, 4]*"),
        x => (x with { StudentTemperatures = ones(3) }, "StudentTemperatures*[2, 3]*[3]*"),
        x => (x with { Scale = double.NaN }, "*Scale*NaN*"),
        x => (x with { Scale = -1 }, "*Scale*-1*"),
        x => (x with { Reduction = (nn.Reduction)7 }, "7*None, Mean or Sum*"),
        x => (x with { Student = ones([3, 5], ScalarType.Float64), Implementation = KernelImplementation.Simd }, "Simd*float32*Float64*"),
        x => (x with { Weights = ones([2, 3], device: META) }, "Weights*cpu*meta*"),
    ];

    [TestCaseSource(nameof(Faults))]
    public void What_does_not_fit_is_named(Func<MultiMentorDivergenceArguments, (MultiMentorDivergenceArguments, string)> fault)
    {
        using var scope = NewDisposeScope();
        var (arguments, message) = fault(new()
        {
            Student = ones(3, 5),
            Mentors = [ones(3, 5), ones(3, 5)],
            Weights = ones(2, 3),
            Temperatures = ones(2, 3),
        });

        FluentActions.Invoking(() => MultiMentorDivergence.Compute(arguments)).Should().Throw<ArgumentException>().WithMessage(message);
    }
}
