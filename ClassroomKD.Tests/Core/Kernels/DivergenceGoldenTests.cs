using ClassroomKD.Kernels;
using ClassroomKD.Tests.Golden;

namespace ClassroomKD.Tests.Core.Kernels;

#pragma warning disable NUnit1034 // Runs itself, and is what the tests of the CUDA kernels extend.
[TestFixture(KernelImplementation.Reference)]
[TestFixture(KernelImplementation.Simd)]
public class DivergenceGoldenTests(KernelImplementation implementation)
#pragma warning restore NUnit1034
{
    // Half a unit in the last place of a float32 near 1.
    private const double Rounding = 6e-8;

    [Test]
    public void Dtkd_with_its_two_temperatures_equals_the_golden_figure()
    {
        using var scope = NewDisposeScope();
        var golden = new Baselines(ScalarType.Float32);
        var (student, teacher) = (golden.Student(), golden.Mentor("teacher"));
        var (studentMax, teacherMax) = (student.amax([1]), teacher.amax([1]));
        var sum = studentMax + teacherMax;
        var (mentorTemperatures, studentTemperatures) = (teacherMax * 8 / sum, studentMax * 8 / sum);

        var result = Compute(new()
        {
            Student = student,
            Mentors = [teacher],
            Weights = ones(1, student.size(0)),
            Temperatures = mentorTemperatures.unsqueeze(0),
            StudentTemperatures = studentTemperatures.unsqueeze(0),
            Implementation = implementation,
        });

        // The product of the temperatures scales what rounding makes of the divergence.
        var within = 4 * Rounding * (mentorTemperatures * studentTemperatures).mean().Number();
        result.Loss.mean().Number().Should().BeApproximately(golden["DTKD_term_T4"].GetDouble(), within);
    }

    [Test]
    public void Weights_and_temperatures_of_a_classroom_give_its_golden_gradient()
    {
        using var scope = NewDisposeScope();
        var golden = new Baselines(ScalarType.Float32);
        var expected = golden["classroom_code_batch_tau12"];
        var student = golden.Student().requires_grad_();
        double[] Figures(string figure) =>
            [.. golden.Names.Select(name => expected.GetProperty("mentors").GetProperty(name).GetProperty(figure).GetDouble())];
        Tensor Rows(double[] figures) => tensor(figures, ScalarType.Float32).unsqueeze(1).expand(-1, student.size(0)).contiguous();
        var (weights, temperatures) = (Figures("coef"), Figures("T"));

        var result = Compute(new()
        {
            Student = student,
            Mentors = golden.Mentors(),
            Weights = Rows(weights),
            Temperatures = Rows(temperatures),
            Implementation = implementation,
        });
        var crossEntropy = nn.functional.cross_entropy(student, golden.Labels());
        var total = crossEntropy * expected.GetProperty("ce_coef").GetDouble() + result.Loss.mean();
        total.backward();

        // T² scales what rounding makes of a mentor's divergence, and T what it makes of its gradient, which is a B-th of a sample's.
        var lossScale = weights.Zip(temperatures, (w, t) => w * t * t).Sum();
        var gradientScale = weights.Zip(temperatures, (w, t) => w * t).Sum() / student.size(0);
        total.Number().Should().BeApproximately(expected.GetProperty("total").GetDouble(), Rounding * (1 + lossScale));
        // Both probabilities are rounded; a GPU's 2^x is off by two units in the last place, the others' by one.
        var units = implementation == KernelImplementation.Cuda ? 4 : 2;
        var gradient = expected.GetProperty("grad_student_logits").Tensor(ScalarType.Float32);
        (student.grad! - gradient).abs().max().Number().Should().BeLessThan(units * Rounding * (1 + gradientScale));
    }

    protected virtual MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments) =>
        MultiMentorDivergence.Compute(arguments);
}
