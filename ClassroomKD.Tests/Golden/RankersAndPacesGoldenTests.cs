using ClassroomKD.Tests.Core;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Golden;

/// <summary>Rankers, paces and ablations on the example of <c>baselines.json</c>.</summary>
public sealed class RankersAndPacesGoldenTests : TensorFixture
{
    // Both sides compute in float64 and differ in the order of a few hundred additions at most.
    private const double Exact = 1e-10;

    private static readonly string[] Tested =
    [
        "classroom_code_batch_tau12", "classroom_no_mentor", "AVER_code(no_ask)", "classroom_per_sample_tau12", "classroom_v1_rank",
        "KD_T4", "DTKD_term_T4", "CA-MKD_weights", "CA-MKD_logit_loss_T4", "EBKD_weights", "DKD_a1_b8_T4", "DIST_b1_g1_T1",
        "LogitStd_KD_T2", "TTM_g0.2", "WTTM_g0.2", "ENSEMBLE_KD_T4", "MEAN_OF_KD_T4", "classroom_per_sample_normalized_weights_tau12",
    ];

    private Baselines golden = null!;
    private Tensor student = null!;
    private Tensor[] answers = null!;
    private Tensor labels = null!;

    [SetUp]
    public void Read()
    {
        golden = new Baselines();
        (student, answers, labels) = (golden.Student().requires_grad_(), golden.Mentors(), golden.Labels());
    }

    [Test]
    public void Every_entry_is_tested() => golden.Entries.Should().BeSubsetOf(Tested);

    [Test]
    public void Released_code_with_and_without_pace()
    {
        var expected = golden["classroom_code_batch_tau12"];
        var lesson = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.ReleasedCode });
        lesson.Loss.backward();
        lesson.Loss.ShouldEqual(expected.GetProperty("total").Tensor(), Exact, "loss");
        for (var m = 0; m < answers.Length; m++)
        {
            var mentor = expected.GetProperty("mentors").GetProperty(golden.Names[m]);
            lesson.Performances[m + 1, 0].ShouldEqual(mentor.GetProperty("p").Tensor(), Exact, $"performance of {golden.Names[m]}");
            lesson.Ranks[m + 1, 0].ShouldEqual(mentor.GetProperty("w").Tensor(), Exact, $"rank of {golden.Names[m]}");
            lesson.Weights[m, 0].ShouldEqual(mentor.GetProperty("coef").Tensor(), Exact, $"weight of {golden.Names[m]}");
            lesson.Temperatures[m, 0].ShouldEqual(mentor.GetProperty("T").Tensor(), Exact, $"T of {golden.Names[m]}");
        }
        // The file's gradient is of central differences: whatever an element's size, they lose 1e-16 of the loss over 1e-6 to 1e-5.
        student.grad!.ShouldEqual(expected.GetProperty("grad_student_logits").Tensor(), 1e-8, "gradient", absolute: 1e-8);

        var constant = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.ReleasedCode, ConstantTemperature = 1 });
        constant.Loss.ShouldEqual(golden["classroom_no_mentor"].GetProperty("total").Tensor(), Exact, "no pacing");
    }

    [Test]
    public void Averaging_without_filter_pace_and_task_coefficient()
    {
        var lesson = Classes.Lesson(student, answers, labels, new()
        {
            Preset = ClassroomPreset.ReleasedCode, Ranking = { Filter = false },
            ConstantTemperature = 1, TaskCoefficient = TaskCoefficient.One,
        });
        lesson.Loss.ShouldEqual(golden["AVER_code(no_ask)"].GetProperty("total").Tensor(), Exact, "loss");
    }

    [Test]
    public void Sample_preset()
    {
        var expected = golden["classroom_per_sample_tau12"];
        var lesson = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.Sample });
        lesson.Loss.ShouldEqual(expected.GetProperty("total_mean").Tensor(), Exact, "loss");
        foreach (var (row, i) in expected.GetProperty("rows").EnumerateArray().Select((row, i) => (row.GetProperty("mentors"), i)))
            for (var m = 0; m < answers.Length; m++)
            {
                var temperature = row.GetProperty(golden.Names[m]).GetProperty("T").Tensor();
                lesson.Temperatures[m, i].ShouldEqual(temperature, Exact, $"T of {golden.Names[m]}, sample {i}");
            }
    }

    [Test]
    public void Position_of_the_first_version()
    {
        // It ranked by the mean probability of the true class, where the batch's performance today is the geometric mean.
        var expected = golden["classroom_v1_rank"];
        var performances = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.Sample })
            .Performances.mean([1], keepdim: true);
        var ranking = new KnowledgeFilteringRanker(new() { Weighting = RankWeighting.Position })
            .Rank(new() { Assessment = new() { Performances = performances } });
        foreach (var (name, k) in golden.Names.Prepend("student").Select((name, k) => (name, k)))
        {
            performances[k, 0].ShouldEqual(expected.GetProperty("p").GetProperty(name).Tensor(), Exact, $"performance of {name}");
            ranking.Ranks[k, 0].ShouldEqual(expected.GetProperty("rank_weights").GetProperty(name).Tensor(), Exact, $"rank of {name}");
        }
    }

    [Test]
    public void Confidence_aware_weights()
    {
        var lesson = Classes.Lesson(student, answers, labels, new() { ConstantTemperature = 4 }, ranker: new ConfidenceAwareRanker());
        lesson.Weights.transpose(0, 1).ShouldEqual(golden["CA-MKD_weights"].Tensor(), Exact, "CA-MKD, weights");
        // Its loss is the mean over mentors.
        lesson.MentorLosses.mean().ShouldEqual(golden["CA-MKD_logit_loss_T4"].Tensor(), Exact, "CA-MKD, loss");
    }

    [Test]
    public void Entropy_weights() =>
        Classes.Lesson(student, answers, labels, ranker: new EntropyRanker()).Weights.transpose(0, 1)
            .ShouldEqual(golden["EBKD_weights"].Tensor(), Exact, "EBKD");

    [Test]
    public void Plain_distillation_at_temperature_four() =>
        Classes.Lesson(student, [golden.Mentor("teacher")], labels, new() { ConstantTemperature = 4, Ranking = { Filter = false } })
            .MentorLosses.mean().ShouldEqual(golden["KD_T4"].Tensor(), Exact, "KD");

    [Test]
    public void Plain_distillation_from_the_ensemble_and_from_each_mentor()
    {
        ClassroomOptions plain = new() { ConstantTemperature = 4 };
        Classes.Lesson(student, answers, labels, plain, ranker: new UniformRanker())
            .MentorLosses.sum(dim: 0).mean().ShouldEqual(golden["MEAN_OF_KD_T4"].Tensor(), Exact, "the mean of all");
        Classes.Lesson(student, answers, labels, plain, new() { JointLoss = new EnsembleLoss() }, new UniformRanker())
            .MentorLosses.sum(dim: 0).mean().ShouldEqual(golden["ENSEMBLE_KD_T4"].Tensor(), Exact, "the ensemble");
    }

    [Test]
    public void Weights_normalized_over_the_mentors()
    {
        var expected = golden["classroom_per_sample_normalized_weights_tau12"];
        var lesson = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.Sample, NormalizeWeights = true });
        lesson.Weights.ShouldEqual(expected.GetProperty("weights").Tensor(), Exact, "weights");
        lesson.MentorLosses.sum(dim: 0).mean().ShouldEqual(expected.GetProperty("distillation_mean").Tensor(), Exact, "distillation");
        lesson.Loss.ShouldEqual(expected.GetProperty("total_mean").Tensor(), Exact, "loss");
    }

    [Test]
    public void Dynamic_temperatures() =>
        Classes.Lesson(
            student, [golden.Mentor("teacher")], labels, new() { Ranking = { Filter = false } }, pace: new DynamicTemperaturePace(4))
            .MentorLosses.mean().ShouldEqual(golden["DTKD_term_T4"].Tensor(), Exact, "DTKD");
}
