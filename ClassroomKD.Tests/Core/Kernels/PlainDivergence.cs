using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

/// <summary>The same loss as people write it: a loop over mentors, everything left to autograd.</summary>
internal static class PlainDivergence
{
    public static Tensor Compute(MultiMentorDivergenceArguments arguments)
    {
        var total = zeros(arguments.Student.size(0), arguments.Student.dtype);
        for (var m = 0; m < arguments.Mentors.Count; m++)
        {
            var temperature = arguments.Temperatures[m];
            var own = (arguments.StudentTemperatures ?? arguments.Temperatures)[m];
            var student = special.log_softmax(arguments.Student * arguments.Scale / own.unsqueeze(1), 1);
            var mentor = special.log_softmax(arguments.Mentors[m] * arguments.Scale / temperature.unsqueeze(1), 1);
            var divergence = (mentor.exp() * (mentor - student)).sum(1);
            total = total.add(arguments.Weights[m] * temperature * own * divergence, Scalars.One);
        }

        return total;
    }
}
