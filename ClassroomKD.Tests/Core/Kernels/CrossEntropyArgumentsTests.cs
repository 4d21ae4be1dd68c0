using ClassroomKD.Kernels;
using FluentAssertions;
using NUnit.Framework;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

public sealed class CrossEntropyArgumentsTests
{
    private static readonly Func<(Tensor Targets, string Message)>[] Faults =
    [
        () => (tensor((long[])[0, 5, 1]), "Targets*row 1*class 5*0 to 4*-100*"),
        () => (tensor((long[])[0, 1, -1]), "Targets*row 2*class -1*"),
        () => (tensor((long[])[0, 1]), "Targets*[3]*[2]*"),
        () => (ones(3, 4), "Targets*[3, 5]*[3, 4]*"),
        () => (ones([3], ScalarType.Int32), "Targets*Int64*Int32*"),
        () => (ones([3], ScalarType.Int64, META), "Targets*cpu*meta*"),
    ];

    [TestCaseSource(nameof(Faults))]
    public void Target_that_does_not_fit_is_named(Func<(Tensor Targets, string Message)> fault)
    {
        using var scope = NewDisposeScope();
        var (targets, message) = fault();

        FluentActions.Invoking(() => MultiMentorCrossEntropy.Compute(new() { Student = ones(3, 5), Mentors = [], Targets = targets }))
            .Should().Throw<ArgumentException>().WithMessage(message);
    }
}
