using System.Text.Json;
using ClassroomKD.Kernels;

namespace ClassroomKD.Tests.Golden;

/// <summary>The classroom's whole step against vectors made independently, for every preset.</summary>
public sealed class ClassificationGoldenTests
{
    private static readonly Dictionary<string, ClassroomPreset> Presets = new()
    {
        ["released_code"] = ClassroomPreset.ReleasedCode,
        ["batch"] = ClassroomPreset.Batch,
        ["sample"] = ClassroomPreset.Sample,
        ["sample_correct"] = ClassroomPreset.Paper,
    };

    // The vectorized kernel computes float32 alone, and the CUDA kernels have golden tests of their own (DivergenceGoldenTests).
    private static IEnumerable<TestCaseData> Ways() =>
        from preset in Presets.Keys
        from type in new[] { ScalarType.Float32, ScalarType.Float64 }
        from implementation in Enum.GetValues<KernelImplementation>()
        where implementation != KernelImplementation.Cuda && (implementation != KernelImplementation.Simd || type == ScalarType.Float32)
        select new TestCaseData(preset, type, implementation);

    [TestCaseSource(nameof(Ways))]
    public void Step_equals_the_vectors(string preset, ScalarType type, KernelImplementation implementation)
    {
        var cases = GoldenFile.Read("classification.json").GetProperty("cases");
        cases.GetArrayLength().Should().BePositive();
        foreach (var vector in cases.EnumerateArray())
            if (vector.GetProperty("expected").TryGetProperty(preset, out var expected))
                Check(vector, expected, Presets[preset], type, implementation);
    }

    private static void Check(
        JsonElement vector, JsonElement expected, ClassroomPreset preset, ScalarType type, KernelImplementation implementation)
    {
        using var scope = NewDisposeScope();
        var name = vector.GetProperty("name").GetString()!;
        // Float32 keeps 6e-8 of each logit, and T² and T scale what that makes of a divergence and a gradient by up to 170 and 13.
        var relative = type == ScalarType.Float32 ? 1e-5 : 1e-10;
        var student = vector.GetProperty("student").Tensor(type).requires_grad_();
        var answers = vector.GetProperty("mentors").EnumerateArray().Select(mentor => mentor.Tensor(type)).ToList();
        var targets = vector.GetProperty("targets").Tensor(ScalarType.Int64);
        var mentors = answers.Select((_, m) => new Mentor($"mentor {m}", _ => throw new InvalidOperationException()));
        var options = new ClassroomOptions { Preset = preset, Pace = { Tau = vector.GetProperty("tau_max").GetDouble() } };
        using var classroom = new Classroom(mentors, options, new LogitsTask(new() { Kernel = implementation }));

        var lesson = classroom.Teach(student, answers, targets);
        lesson.Loss.backward();

        var ranks = expected.GetProperty("ranks").Tensor();
        var weights = ranks[TensorIndex.Slice(1)] * expected.GetProperty("active").Tensor();
        var temperatures = expected.GetProperty("temperatures").Tensor();
        lesson.Performances.ShouldEqual(expected.GetProperty("scores").Tensor(), relative, $"{name}: scores");
        lesson.Ranks.ShouldEqual(ranks, relative, $"{name}: ranks");
        lesson.Weights.ShouldEqual(weights, relative, $"{name}: weights");
        lesson.Temperatures.ShouldEqual(temperatures, relative, $"{name}: temperatures");
        lesson.TaskLoss.ShouldEqual(expected.GetProperty("task").Tensor(), relative, $"{name}: task");
        lesson.Loss.ShouldEqual(expected.GetProperty("loss").Tensor(), relative, $"{name}: loss");

        var parts = expected.GetProperty("kl").Tensor() * temperatures * temperatures * weights;
        lesson.MentorLosses.ShouldEqual(parts, relative, $"{name}: weighted divergences");
        lesson.MentorLosses.mean([1]).ShouldEqual(expected.GetProperty("distill").Tensor(), relative, $"{name}: distill");

        // A gradient is a difference of two probabilities, times rank and T for each mentor, averaged over the batch. Those near 1
        // are off by up to two units in the last place: logits, logarithm, exponential and the probability itself are rounded in turn.
        var scale = 1 + (weights * temperatures).sum(dim: 0).max().Number();
        var rounding = (type == ScalarType.Float32 ? 2.4e-7 : 4.5e-16) * scale / student.size(0);
        var gradient = expected.GetProperty("grad");
        if (gradient.ValueKind == JsonValueKind.Array)
        {
            student.grad!.ShouldEqual(gradient.Tensor(), relative, $"{name}: gradient", rounding);
            return;
        }
        student.grad!.abs().sum().ShouldEqual(gradient.GetProperty("sum_abs").Tensor(), relative, $"{name}: gradient, sum of absolutes");
        student.grad![0].ShouldEqual(gradient.GetProperty("first_row").Tensor(), relative, $"{name}: gradient, first row", rounding);
        student.grad![-1].ShouldEqual(gradient.GetProperty("last_row").Tensor(), relative, $"{name}: gradient, last row", rounding);
    }
}
