using System.Text.Json;
using ClassroomKD.Kernels;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

#pragma warning disable NUnit1034 // Runs itself, and is what the tests of the CUDA kernels extend.
[TestFixture(KernelImplementation.Reference)]
[TestFixture(KernelImplementation.Simd)]
public class DivergenceGoldenTests(KernelImplementation implementation)
#pragma warning restore NUnit1034
{
    [Test]
    public void Dtkd_with_its_two_temperatures_equals_the_golden_figure()
    {
        using var scope = NewDisposeScope();
        var golden = Read();
        var (student, teacher) = Logits(golden);
        var (studentMax, teacherMax) = (student.amax([1]), teacher.amax([1]));
        var sum = studentMax + teacherMax;

        var result = Compute(new()
        {
            Student = student,
            Mentors = [teacher],
            Weights = ones(1, 4),
            Temperatures = (teacherMax * 8 / sum).unsqueeze(0),
            StudentTemperatures = (studentMax * 8 / sum).unsqueeze(0),
            Implementation = implementation,
        });

        result.Loss.mean().ToDouble().Should().BeApproximately(golden.GetProperty("DTKD_term_T4").GetDouble(), 2e-6);
    }

    [Test]
    public void Weights_and_temperatures_of_a_classroom_give_its_golden_gradient()
    {
        using var scope = NewDisposeScope();
        var golden = Read();
        var (student, _) = Logits(golden);
        var expected = golden.GetProperty("classroom_code_batch_tau12");
        string[] names = ["teacher", "p0", "p1"];
        var mentors = names.Select(name => Matrix(golden.GetProperty("inputs").GetProperty("mentors").GetProperty(name))).ToList();
        Tensor Rows(string figure) => stack(names.Select(
            name => full(4, expected.GetProperty("mentors").GetProperty(name).GetProperty(figure).GetDouble(), dtype: ScalarType.Float32)));
        student.requires_grad = true;

        var result = Compute(new()
        {
            Student = student,
            Mentors = mentors,
            Weights = Rows("coef"),
            Temperatures = Rows("T"),
            Implementation = implementation,
        });
        var labels = golden.GetProperty("inputs").GetProperty("labels").EnumerateArray().Select(label => label.GetInt64()).ToArray();
        var total = nn.functional.cross_entropy(student, tensor(labels)) * expected.GetProperty("ce_coef").GetDouble() + result.Loss.mean();
        total.backward();

        // T² is 80 for the teacher: that much of float32's rounding reaches the loss.
        total.ToDouble().Should().BeApproximately(expected.GetProperty("total").GetDouble(), 1e-5);
        var gradient = Matrix(expected.GetProperty("grad_student_logits"));
        // A GPU's 2^x is off by two units in the last place, the others' by one.
        (student.grad! - gradient).abs().max().ToDouble().Should().BeLessThan(implementation == KernelImplementation.Cuda ? 5e-7 : 2e-7);
    }

    protected virtual MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments) => MultiMentorDivergence.Compute(arguments);

    private static (Tensor Student, Tensor Teacher) Logits(JsonElement golden)
    {
        var inputs = golden.GetProperty("inputs");
        return (Matrix(inputs.GetProperty("student")), Matrix(inputs.GetProperty("mentors").GetProperty("teacher")));
    }

    private static Tensor Matrix(JsonElement rows)
    {
        var values = rows.EnumerateArray().Select(row => row.EnumerateArray().Select(v => v.GetSingle()).ToArray()).ToArray();
        return tensor(values.SelectMany(v => v).ToArray()).reshape(values.Length, -1);
    }

    private static JsonElement Read()
    {
        var folder = Environment.GetEnvironmentVariable("CLASSROOMKD_GOLDEN") ?? Path.Combine(TestContext.CurrentContext.TestDirectory, "Golden");
        var file = Path.Combine(folder, "baselines.json");
        if (!File.Exists(file))
            Assert.Ignore($"{file} is missing.");
        return JsonDocument.Parse(File.ReadAllText(file)).RootElement;
    }
}
