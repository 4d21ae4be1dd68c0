using System.Text.Json;
using ClassroomKD.Tests.Core;

namespace ClassroomKD.Tests.Golden;

/// <summary>Rankers, paces and ablations on the 4x5 example of <c>baselines.json</c>.</summary>
public sealed class RankersAndPacesGoldenTests
{
    private DisposeScope scope = null!;
    private JsonElement golden;
    private Tensor student = null!;
    private Tensor[] answers = null!;
    private Tensor labels = null!;

    [SetUp]
    public void Read()
    {
        scope = NewDisposeScope();
        golden = GoldenFile.Read("baselines.json");
        var inputs = golden.GetProperty("inputs");
        student = inputs.GetProperty("student").Tensor().requires_grad_();
        answers = [.. new[] { "teacher", "p0", "p1" }.Select(name => inputs.GetProperty("mentors").GetProperty(name).Tensor())];
        labels = inputs.GetProperty("labels").Tensor(ScalarType.Int64);
    }

    [TearDown]
    public void Close() => scope.Dispose();

    [Test]
    public void Released_code_with_and_without_pace()
    {
        var expected = golden.GetProperty("classroom_code_batch_tau12");
        var lesson = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.ReleasedCode });
        lesson.Loss.backward();
        lesson.Loss.ShouldEqual(expected.GetProperty("total").Tensor(), 1e-10, "loss");
        student.grad!.ShouldEqual(expected.GetProperty("grad_student_logits").Tensor(), 1e-8, "gradient, made by finite differences");

        var constant = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.ReleasedCode, ConstantTemperature = 1 });
        constant.Loss.ShouldEqual(golden.GetProperty("classroom_no_mentor").GetProperty("total").Tensor(), 1e-10, "no pacing");
    }

    [Test]
    public void Averaging_without_filter_pace_and_task_coefficient()
    {
        var lesson = Classes.Lesson(student, answers, labels, new()
        {
            Preset = ClassroomPreset.ReleasedCode, Ranking = { Filter = false }, ConstantTemperature = 1, TaskCoefficient = TaskCoefficient.One,
        });
        lesson.Loss.ShouldEqual(golden.GetProperty("AVER_code(no_ask)").GetProperty("total").Tensor(), 1e-10, "loss");
    }

    [Test]
    public void Sample_preset()
    {
        var expected = golden.GetProperty("classroom_per_sample_tau12");
        var lesson = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.Sample });
        lesson.Loss.ShouldEqual(expected.GetProperty("total_mean").Tensor(), 1e-10, "loss");
        var rows = expected.GetProperty("rows").EnumerateArray().ToArray();
        for (var i = 0; i < rows.Length; i++)
            foreach (var (name, m) in new[] { ("teacher", 0), ("p0", 1), ("p1", 2) })
                lesson.Temperatures[m, i].ShouldEqual(rows[i].GetProperty("mentors").GetProperty(name).GetProperty("T").Tensor(), 1e-10, $"T of {name}, sample {i}");
    }

    [Test]
    public void Position_of_the_first_version()
    {
        var expected = golden.GetProperty("classroom_v1_rank").GetProperty("rank_weights");
        var lesson = Classes.Lesson(
            student, answers, labels, new() { Granularity = PerformanceGranularity.Batch, Ranking = { Weighting = RankWeighting.Position } });
        var names = new[] { "student", "teacher", "p0", "p1" };
        for (var k = 0; k < names.Length; k++)
            lesson.Ranks[k, 0].ShouldEqual(expected.GetProperty(names[k]).Tensor(), 1e-10, names[k]);
    }

    [Test]
    public void Confidence_aware_weights() =>
        Classes.Lesson(student, answers, labels, ranker: new ConfidenceAwareRanker()).Weights.transpose(0, 1)
            .ShouldEqual(golden.GetProperty("CA-MKD_weights").Tensor(), 1e-10, "CA-MKD");

    [Test]
    public void Entropy_weights() =>
        Classes.Lesson(student, answers, labels, ranker: new EntropyRanker()).Weights.transpose(0, 1)
            .ShouldEqual(golden.GetProperty("EBKD_weights").Tensor(), 1e-10, "EBKD");

    [Test]
    public void Plain_distillation_at_temperature_four() =>
        Classes.Lesson(student, [answers[0]], labels, new() { ConstantTemperature = 4, Ranking = { Filter = false } })
            .MentorLosses.mean().ShouldEqual(golden.GetProperty("KD_T4").Tensor(), 1e-10, "KD");

    [Test]
    public void Dynamic_temperatures() =>
        Classes.Lesson(student, [answers[0]], labels, new() { Ranking = { Filter = false } }, pace: new DynamicTemperaturePace(4))
            .MentorLosses.mean().ShouldEqual(golden.GetProperty("DTKD_term_T4").Tensor(), 1e-10, "DTKD");
}
