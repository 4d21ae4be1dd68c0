using ClassroomKD.Tests.Core.Training;

namespace ClassroomKD.Tests.Core.Evaluation;

public sealed class ClassificationExamTests
{
    private DisposeScope scope = null!;

    [SetUp]
    public void Open() => scope = NewDisposeScope();

    [TearDown]
    public void Close() => scope.Dispose();

    // Examines answers that were computed before; the "input" of a sample is its answer.
    private static ClassificationResult Examine(
        Tensor answers,
        Tensor labels,
        ClassificationExamOptions? options = null,
        ClassMap? map = null,
        int batch = 7
    ) => new ClassificationExam(Batches(answers, labels, batch), options).Examine("model", input => input, map);

    private static IEnumerable<(Tensor, Tensor)> Batches(Tensor inputs, Tensor labels, int batch = 7) =>
        from start in Enumerable.Range(0, ((int)labels.size(0) + batch - 1) / batch)
        let count = Math.Min(batch, labels.size(0) - start * batch)
        select (inputs.narrow(0, start * batch, count), labels.narrow(0, start * batch, count));

    [Test]
    public void Figures_are_those_of_the_definition([Values(3, 8)] int classes)
    {
        const int Count = 50;
        Tensor answers = Classes.Logits(1, Count, classes),
            labels = Classes.Labels(2, Count, classes);

        var result = Examine(answers, labels);

        var probabilities = answers.softmax(1);
        var rows = Enumerable.Range(0, Count).Select(i => probabilities[i].Doubles()).ToList();
        var truth = labels.data<long>().ToArray();
        var predictions = rows.Select(row => Array.IndexOf([.. row], row.Max())).ToList();
        result.Samples.Should().Be(Count);
        result.Predictions.Should().Equal(predictions);
        result.Truth.Should().Equal(truth.Select(c => (int)c));
        result.TopOne.Should().BeApproximately(predictions.Zip(truth).Average(pair => pair.First == pair.Second ? 1 : 0), 1e-12);
        result
            .TopFive.Should()
            .BeApproximately(rows.Zip(truth).Average(pair => pair.First.Count(p => p > pair.First[(int)pair.Second]) < 5 ? 1 : 0), 1e-12);
        result.CrossEntropy.Should().BeApproximately(nn.functional.cross_entropy(answers, labels).Number(), 1e-9);
        for (var c = 0; c < classes; c++)
        {
            var of = Enumerable.Range(0, Count).Where(i => truth[i] == c).ToList();
            result.PerClass[c].Should().BeApproximately(of.Average(i => predictions[i] == c ? 1 : 0), 1e-12);
            for (var taken = 0; taken < classes; taken++)
                result.Confusion[c][taken].Should().Be(of.Count(i => predictions[i] == taken));
        }

        var bins = Enumerable.Range(0, Count).GroupBy(i => (int)Math.Ceiling(rows[i].Max() * 15) - 1);
        result
            .CalibrationError.Should()
            .BeApproximately(
                bins.Sum(bin =>
                    (double)bin.Count()
                    / Count
                    * Math.Abs(bin.Average(i => predictions[i] == truth[i] ? 1 : 0) - bin.Average(i => rows[i].Max()))
                ),
                1e-12
            );
        result.Form.Should().Be(AnswerForm.Logits);
        result.ToString().Should().StartWith($"model: 50 samples of {classes} classes").And.Contain("calibration error");
    }

    [Test]
    public void Calibration_error_of_a_known_case()
    {
        // Nine of ten right at a confidence of 0.9 is calibrated; at 0.6 it is 0.3 away.
        Tensor Of(double confidence) => tensor(new[] { confidence, 1 - confidence }).log().repeat([10, 1]);
        var labels = tensor(new long[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 });

        Examine(Of(0.9), labels).CalibrationError.Should().BeApproximately(0, 1e-9);
        Examine(Of(0.6), labels).CalibrationError.Should().BeApproximately(0.3, 1e-9);
        Examine(Of(0.6), labels, new() { CalibrationBins = 2 }).Calibration.Select(bin => bin.Answers).Should().Equal(0, 10);
    }

    [Test]
    public void Answers_of_NaN_are_wrong_and_counted_and_ignored_samples_do_not_count()
    {
        Tensor answers = Classes.Logits(1, 20, 4),
            labels = answers.argmax(1);
        answers[3, 1] = double.NaN;
        answers[4, 2] = double.PositiveInfinity;
        labels[5] = -100;

        var result = Examine(answers, labels);

        (result.Samples, result.NonFiniteAnswers).Should().Be((19, 2));
        result.TopOne.Should().BeApproximately(17 / 19.0, 1e-12);
        result.TopFive.Should().BeApproximately(17 / 19.0, 1e-12);
        result.CrossEntropy.Should().BePositive().And.NotBe(double.NaN);
        result.Predictions.Select((prediction, i) => prediction < 0 ? i : -1).Where(i => i >= 0).Should().Equal(3, 4, 5);
        result.Confusion.Sum(row => row.Sum()).Should().Be(17);
    }

    [Test]
    public void Class_maps_are_applied_and_samples_of_unknown_classes_left_out()
    {
        // The mentor's classes 0, 1, 2 are the student's 3, 0, 1; it does not know class 2.
        var map = ClassMap.FromIndices([1, 2, -1, 0], 3);
        var labels = tensor(new long[] { 0, 1, 2, 3, 3 });
        var answers = nn.functional.one_hot(tensor(new long[] { 1, 2, 1, 0, 1 }), 3).to(float64).mul(Scalars.Of(5));

        var result = Examine(answers, labels, map: map);

        (result.Samples, result.LeftOut).Should().Be((4, 1));
        result.TopOne.Should().Be(0.75);
        result.Predictions.Should().Equal(0, 1, -1, 3, 0);
        var expected = nn.functional.cross_entropy(
            answers.index_select(0, tensor(new long[] { 0, 1, 3, 4 })),
            tensor(new long[] { 1, 2, 0, 0 })
        );
        result.CrossEntropy.Should().BeApproximately(expected.Number(), 1e-12);
        double.IsNaN(result.PerClass[2]).Should().BeTrue();
    }

    [Test]
    public void The_form_of_answers_is_told()
    {
        Tensor logits = Classes.Logits(1, 20, 4),
            labels = Classes.Labels(2, 20, 4);
        Examine(logits.softmax(1), labels).Form.Should().Be(AnswerForm.Probabilities);
        Examine(logits.softmax(1).half().to(float32), labels).Form.Should().Be(AnswerForm.Probabilities);
        Examine(logits.log_softmax(1), labels).Form.Should().Be(AnswerForm.LogProbabilities);
        Examine(logits.sigmoid(), labels).Form.Should().Be(AnswerForm.Logits);
        Examine(logits.mul(Scalars.Of(double.NaN)), labels).Form.Should().Be(AnswerForm.Logits);
    }

    [Test]
    public void Models_are_compared_on_the_same_data()
    {
        using var training = new TrainingCase(adam: false, taught: true);
        var exam = new ClassificationExam(new Points(40, 8), new() { ClassNames = ["north", "east", "south", "west"] });

        var comparison = exam.Compare(training.Classroom!.Mentors, training.Student);

        comparison.Results.Select(result => result.Name).Should().Equal("student", "wide", "deep");
        var (wide, deep) = (comparison.Results[1].Predictions, comparison.Results[2].Predictions);
        comparison.Agreement[1][2].Should().BeApproximately(wide.Zip(deep).Average(pair => pair.First == pair.Second ? 1 : 0), 1e-12);
        comparison.Agreement[2][2].Should().Be(1);
        TestContext.Out.WriteLine(comparison);
        TestContext.Out.WriteLine(comparison.Results[1]);
        comparison.ToString().Split(Environment.NewLine).Should().HaveCount(6);
        comparison.Results[1].ToString().Should().Contain("as north").And.Contain("east");
        var other = new ClassificationExam(new Points(32, 8)).Examine(training.Student);
        FluentActions
            .Invoking(() => other.AgreementWith(comparison.Results[0]))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*different data*");
    }

    [Test]
    public void It_is_a_trainers_validation_in_one_line()
    {
        using var training = new TrainingCase(adam: true, taught: false);
        var trainer = new Trainer(training.Student, training.Optimizer, new Points(40, 8), options: new() { Epochs = 8 })
        {
            Validate = new ClassificationExam([Points.Draw(64, seed: 99)]).Validate,
        };

        var best = trainer.Run().Best!.Validation!;

        best.Score.Should().BeGreaterThan(0.5);
        best.Figures!.Keys.Should().Equal("top-1", "top-5", "cross-entropy", "calibration error");
    }

    [Test]
    public void What_does_not_fit_is_said()
    {
        Tensor answers = Classes.Logits(1, 6, 4);
        Throws(
            answers,
            tensor(new long[] { 0, 1, 2, 3, 4, -1 }),
            "Labels from 0 to 3 were expected in the exam of 'model'; 2 of 6 are outside."
        );
        Throws(answers, zeros(6), "*int64*were expected, got Float32*");
        Throws(answers.unsqueeze(1), zeros(6, int64), "Floating-point logits*'model'*");
        FluentActions
            .Invoking(() => Examine(answers, zeros(6, int64), new() { ClassNames = ["a"] }))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*4 classes, but 1 class names*");
        FluentActions
            .Invoking(() => new ClassificationExam([]).Examine("model", x => x))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*at least one batch*");

        static void Throws(Tensor answers, Tensor labels, string message) =>
            FluentActions.Invoking(() => Examine(answers, labels)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Test]
    public void It_leaves_no_tensor_behind()
    {
        using var training = new TrainingCase(adam: false, taught: true);
        var exam = new ClassificationExam(new Points(40, 8));
        exam.Compare(training.Classroom!.Mentors, training.Student);
        var before = LiveTensors.Settled();
        for (var i = 0; i < 20; i++)
            exam.Compare(training.Classroom.Mentors, training.Student);
        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before);
    }
}
