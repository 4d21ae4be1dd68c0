using ClassroomKD.Tests.Core.Training;

namespace ClassroomKD.Tests.Core.Evaluation;

public sealed class TrainingDiagnosisTests
{
    private static readonly MentorReport Well = new("m", 0.5, 0.6, 2, 0.8, 1, 0, 1, 0.1, 0.7, 0.2);

    private static EpochResult Epoch(int number, double loss = 1, MentorReport? mentor = null, double taskLoss = 0.5, long lost = 0) =>
        new(number, 10 * number, loss, 0.1, 1, null, new TeachingReport(10, 100, 0.7, taskLoss, loss, lost, [mentor ?? Well]));

    private static IReadOnlyList<string> Notices(params EpochResult[] epochs)
    {
        var diagnosis = new TrainingDiagnosis();
        foreach (var epoch in epochs)
            diagnosis.EpochEnded(epoch);
        foreach (var notice in diagnosis.Notices)
            TestContext.Out.WriteLine(notice);
        return diagnosis.Notices;
    }

    [Test]
    public void Nothing_is_said_of_a_training_that_goes_well() =>
        Notices([.. Enumerable.Range(0, 20).Select(i => Epoch(i, 1 / (1.0 + i) + (i % 3) * 0.01))]).Should().BeEmpty();

    [Test]
    public void Each_mentor_in_trouble_is_named_once()
    {
        One(Well with { TaughtShare = 0 }, "Mentor 'm' taught none of the 100 samples of epoch 0*");
        One(Well with { TaughtShare = 0, EligibleShare = 0, StudentAheadShare = double.NaN }, "*check its class map.");
        One(Well with { NonFiniteAnswers = 3 }, "Mentor 'm' answered 3 of 100 samples of epoch 0 with NaN*");
        One(Well with { NonFiniteAnswers = 100, TaughtShare = 0, EligibleShare = 0 }, "Mentor 'm' answered 100 of 100*");
        One(Well with { StudentAheadShare = 0.8 }, "The student was ahead of mentor 'm' on 80.0 %*");

        static void One(MentorReport mentor, string notice) =>
            Notices(Epoch(0, mentor: mentor), Epoch(1, mentor: mentor), Epoch(2, mentor: mentor))
                .Should()
                .ContainSingle()
                .Which.Should()
                .Match(notice);
    }

    [Test]
    public void A_mentor_that_has_taught_and_falls_silent_was_passed() =>
        Notices(Epoch(0), Epoch(1, mentor: Well with { TaughtShare = 0, StudentAheadShare = 0.9 }))
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("The student was ahead");

    [Test]
    public void A_loss_that_diverges_is_named()
    {
        Notices(Epoch(0), Epoch(1, double.NaN))
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("The loss became NaN or infinity in epoch 1 at a learning rate of 0.1");
        Notices(Epoch(0, lost: 1)).Should().ContainSingle();
        Notices(Epoch(0, 1), Epoch(1, 1.6), Epoch(2, 2.5), Epoch(3, 4))
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("The loss has grown for 2 epochs, to 2.5 from 1");
        Notices(Epoch(0, 1), Epoch(1, 2), Epoch(2, 1.2), Epoch(3, 1.3)).Should().BeEmpty();
    }

    [Test]
    public void Mentors_that_drown_the_labels_are_named_after_the_first_epoch()
    {
        Notices(Epoch(0, taskLoss: 0.005)).Should().BeEmpty();
        Notices(Epoch(0, taskLoss: 0.005), Epoch(1, taskLoss: 0.005))
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("The mentors' part of the loss was 200 times the labels'");
    }

    [Test]
    public void Tensors_that_each_step_leaves_are_noticed_and_others_not()
    {
        Grows(Enumerable.Range(0, 400).Select(i => 1000L + 3 * i)).Should().BeApproximately(3, 0.1);
        Grows(Enumerable.Range(0, 4000).Select(i => 1000L + i % 90)).Should().BeNull("the collector takes them");
        Grows(Enumerable.Range(0, 4000).Select(i => 1000L + (i < 60 ? 5 * i : 300))).Should().BeNull("a beginning");

        static double? Grows(IEnumerable<long> counts)
        {
            var growth = new TensorGrowth(25);
            return counts.Select(growth.Add).FirstOrDefault(found => found is not null);
        }
    }

    [Test]
    public void A_training_whose_observer_keeps_tensors_is_told()
    {
        using var training = new TrainingCase(adam: false, taught: true, options => options.Epochs = 40);
        var hoarder = new Hoarder();
        var diagnosis = new TrainingDiagnosis(listeners: [training.Notices]);
        new Trainer(training.Student, training.Optimizer, new Points(40, 8), training.Classroom!, training.Options)
        {
            Observers = [hoarder, diagnosis],
        }.Run();

        diagnosis
            .Notices.Should()
            .Contain(notice => notice.StartsWith("Each step leaves 1 more tensors behind", StringComparison.Ordinal));
        training.Notices.All.Should().Equal(diagnosis.Notices);
        hoarder.Kept.ForEach(tensor => tensor.Dispose());
    }

    [Test]
    public void A_healthy_training_is_told_nothing_about_tensors_and_loss()
    {
        using var training = new TrainingCase(adam: false, taught: true, options => options.Epochs = 40);
        var diagnosis = new TrainingDiagnosis();
        new Trainer(training.Student, training.Optimizer, new Points(40, 8), training.Classroom!, training.Options)
        {
            Observers = [diagnosis],
        }.Run();
        diagnosis
            .Notices.Should()
            .NotContain(notice => notice.Contains("tensors") || notice.Contains("loss has grown") || notice.Contains("NaN"));
    }

    /// <summary>Trainings that go wrong in each of the ways, and what they are told.</summary>
    private static IEnumerable<TestCaseData> Provoked
    {
        get
        {
            // The class is the place of the largest of the first four numbers.
            static Tensor Truth(Tensor input) => input.narrow(1, 0, 4);
            static void Usual(TrainerOptions options) => options.Epochs = 12;
            yield return Case(
                "always wrong", input => Truth(input).mul(-20), Usual, "Mentor 'm' taught none of the 40 samples*examine it*");
            yield return Case(
                "NaN", input => Truth(input).mul(5).masked_fill(input.narrow(1, 4, 1).gt(0), double.NaN), Usual,
                "Mentor 'm' answered * of 40 samples of epoch 0 with NaN or infinity*compute it in float32*");
            yield return Case("passed", input => Truth(input).mul(0.01), Usual, "The student was ahead of mentor 'm' on *leave it out*");
            yield return Case(
                "drowning", input => Truth(input).mul(400), Usual,
                "The mentors' part of the loss was * times the labels'*lower*", 200);
            yield return Case(
                "diverging", input => Truth(input).mul(5),
                options => (options.LearningRate, options.MaxGradientNorm, options.Epochs) = (_ => 1e20, null, 4),
                "The loss was * in epoch 0, after * in the first step, at a learning rate of *begin anew with a tenth of it*");
            yield return Case(
                "growing", input => Truth(input).mul(5),
                options => (options.LearningRate, options.MaxGradientNorm, options.Epochs) = (step => Math.Pow(3, step / 5), null, 20),
                "The loss has grown for * at a learning rate of *lower the rate*");
        }
    }

    [TestCaseSource(nameof(Provoked))]
    public void A_real_training_is_told_what_goes_wrong_with_it(
        Func<Tensor, Tensor> answer, Action<TrainerOptions> change, string notice, double temperature)
    {
        manual_seed(2);
        using var mentor = new Mentor("m", answer);
        using var classroom = new Classroom([mentor], pace: temperature > 0 ? new ConstantPace(temperature) : null);
        using var student = new Student("student", nn.Linear(6, 4));
        using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.2);
        var options = new TrainerOptions { MaxGradientNorm = 1 };
        change(options);
        var diagnosis = new TrainingDiagnosis();
        new Trainer(student, optimizer, new Points(40, 8), classroom, options) { Observers = [diagnosis] }.Run();

        foreach (var told in diagnosis.Notices)
            TestContext.Out.WriteLine(told);
        diagnosis.Notices.Should().ContainMatch(notice);
        if (notice.StartsWith("The loss", StringComparison.Ordinal))
            diagnosis.Notices.Should().NotContainMatch("The mentors' part*", "labels of a student that is lost hardly count");
    }

    private static TestCaseData Case(
        string name, Func<Tensor, Tensor> answer, Action<TrainerOptions> change, string notice, double temperature = 0) =>
        new TestCaseData(answer, change, notice, temperature).SetArgDisplayNames(name);

    private sealed class Hoarder : ITrainingObserver
    {
        public List<Tensor> Kept { get; } = [];

        public void Stepped(in TrainingProgress progress, Lesson? lesson) => Kept.Add(lesson!.Loss.detach().DetachFromDisposeScope());
    }
}
