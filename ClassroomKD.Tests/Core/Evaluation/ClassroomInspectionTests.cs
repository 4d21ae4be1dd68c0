using ClassroomKD.Tests.Core.Training;

namespace ClassroomKD.Tests.Core.Evaluation;

/// <summary>Mentors with one thing wrong each; the pictures' class is the brightest of their colors and quarters.</summary>
public sealed class ClassroomInspectionTests
{
    private const int Kinds = 6;
    private DisposeScope scope = null!;
    private Tensor images = null!,
        labels = null!;

    [SetUp]
    public void Open()
    {
        scope = NewDisposeScope();
        manual_seed(6);
        // Values in [0, 1]; class c brightens color c % 3 and, from 3 on, the lower half.
        labels = randint(0, Kinds, [800]);
        images = rand(800, 3, 4, 4);
        var color = labels.remainder(Scalars.Of(3)).reshape(-1, 1, 1, 1).eq(arange(3).reshape(1, 3, 1, 1));
        var half = labels.ge(Scalars.Of(3)).reshape(-1, 1, 1, 1).eq(arange(4).ge(Scalars.Two).reshape(1, 1, 4, 1));
        images = images.add(color.logical_and(half).to(float32).mul(Scalars.Two), Scalars.One).div(Scalars.Of(3));
    }

    [TearDown]
    public void Close() => scope.Dispose();

    // Right where the values are from 0 to 1 and the channels in their order; it knows nothing of values beyond.
    private static Tensor Good(Tensor input)
    {
        var inside = input.clamp(Scalars.Zero, Scalars.One);
        return cat([inside.narrow(2, 0, 2).mean([2, 3]), inside.narrow(2, 2, 2).mean([2, 3])], 1).mul(Scalars.Of(10));
    }

    private InspectionReport Inspect(
        Func<Tensor, Tensor> answer,
        InspectionOptions? options = null,
        Func<Tensor, Tensor>? student = null,
        ClassMap? map = null
    )
    {
        using var mentor = new Mentor("m", answer, new() { Classes = map });
        var seen = student ?? (x => x);
        (Tensor, Tensor)[] batches =
        [
            .. Enumerable.Range(0, 8).Select(i => (seen(images.narrow(0, 100 * i, 100)), labels.narrow(0, 100 * i, 100))),
        ];
        var report = new ClassificationExam(batches).Inspect([mentor], options: options);
        TestContext.Out.WriteLine(report);
        return report;
    }

    private static IEnumerable<FindingKind> Of(InspectionReport report) => report.Findings.Select(finding => finding.Kind);

    [Test]
    public void A_good_mentor_has_no_finding() =>
        Inspect(Good, new() { ExpectedAccuracies = { ["m"] = 0.95 } }).Findings.Should().BeEmpty();

    [Test]
    public void A_mentor_that_knows_nothing_is_at_chance()
    {
        var report = Inspect(x => randn(x.size(0), Kinds));
        Of(report).Should().Equal(FindingKind.AtChance);
        report.Findings[0].Message.Should().Contain("'m'").And.Contain("binomial test, level 0.001").And.EndWith(".");
        Of(Inspect(x => zeros(x.size(0), Kinds).add(eye(Kinds)[2], Scalars.Two))).Should().Equal(FindingKind.AtChance);
    }

    [Test]
    public void One_below_its_stated_accuracy_is_named()
    {
        Tensor Half(Tensor x) => where(rand(x.size(0), 1).lt(Scalars.Half), Good(x), randn(x.size(0), Kinds));
        Of(Inspect(Half)).Should().BeEmpty();
        var report = Inspect(Half, new() { ExpectedAccuracies = { ["m"] = 0.95 } });
        Of(report).Should().Equal(FindingKind.BelowExpectation);
        report.Findings[0].Message.Should().Contain("below the 95.0 % that were expected");
        FluentActions
            .Invoking(() => Inspect(Good, new() { ExpectedAccuracies = { ["other"] = 0.5 } }))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*'m'*'other'*");
    }

    [Test]
    public void One_that_ends_in_softmax_is_named()
    {
        Of(Inspect(x => Good(x).softmax(1))).Should().Equal(FindingKind.Probabilities);
        Of(Inspect(x => Good(x).log_softmax(1))).Should().Equal(FindingKind.LogProbabilities);
    }

    [Test]
    public void One_that_answers_NaN_is_named()
    {
        Of(Inspect(x => Good(x).masked_fill(x.mean([1, 2, 3]).gt(Scalars.Of(0.22)).unsqueeze(1), Scalars.Of(double.NaN))))
            .Should()
            .Contain(FindingKind.NonFiniteAnswers);
        Of(Inspect(x => Good(x).mul(Scalars.Of(double.NaN)))).Should().Equal(FindingKind.NonFiniteAnswers);
    }

    [TestCase(new[] { 1, 2, 3, 4, 5, 0 }, "shifted by 1")]
    [TestCase(new[] { 5, 4, 3, 2, 1, 0 }, "in reverse order")]
    [TestCase(new[] { 0, 3, 2, 1, 4, 5 }, "(1 is its 3, 3 is its 1)")]
    public void Another_order_of_classes_is_found(int[] order, string words)
    {
        // The mentor's output order[c] stands for class c.
        var places = tensor(order.Select(place => (long)place).ToArray());
        Tensor Reordered(Tensor x) => Good(x).index_copy(1, places, Good(x));

        var report = Inspect(Reordered);

        var finding = report.Findings[^1];
        finding.Kind.Should().Be(FindingKind.ClassOrder);
        finding.Message.Should().Contain(words).And.Contain($"ClassMap.FromIndices([{string.Join(", ", order)}], 6)");
        finding.MentorClassOf.Should().Equal(order);
        Inspect(Reordered, map: ClassMap.FromIndices(finding.MentorClassOf!, Kinds)).Findings.Should().BeEmpty();
    }

    [Test]
    public void Another_order_of_channels_is_found()
    {
        // A red corner; the mentor, which takes BGR, knows nothing where the corner is blue.
        images[.., 0, 0, 0] = ones(800);
        images[.., 2, 0, 0] = zeros(800);
        var report = Inspect(x => Good(x.flip(1)).masked_fill(x[.., 2, 0, 0].lt(x[.., 0, 0, 0]).unsqueeze(1), Scalars.Zero));

        Of(report).Should().Equal(FindingKind.AtChance, FindingKind.Input);
        report.Findings[0].Message.Should().EndWith("see its next finding.");
        report
            .Findings[1]
            .Message.Should()
            .Contain("with its channels reversed (BGR), and on")
            .And.EndWith("set MentorInput.Channels to [2, 1, 0].");
    }

    [Test]
    public void Another_range_of_values_is_found()
    {
        // The student's values are normalized; the mentor takes 0 to 1, or 0 to 255.
        Tensor Normalized(Tensor x) => x.sub(Scalars.Of(3)).div(Scalars.Of(0.2));
        var unit = Inspect(Good, student: Normalized).Findings;
        unit.Select(finding => finding.Kind).Should().Equal(FindingKind.AtChance, FindingKind.Input);
        unit[1].Message.Should().Contain("values from 0 to 1").And.Contain("MentorOptions.Input");
        var bytes = Inspect(x => Good(x.div(Scalars.Of(255)).sub(Scalars.Of(0.05))).mul(Scalars.Of(255)), student: Normalized).Findings;
        bytes[^1].Message.Should().Contain("values from 0 to 255");
    }

    [Test]
    public void Findings_are_told_and_the_student_is_examined_too()
    {
        var notices = new TrainingCase.NoticeList();
        using var student = new Student("pupil", nn.Sequential(nn.Flatten(), nn.Linear(48, Kinds), nn.Softmax(1)));
        using var mentor = new Mentor("m", x => Good(x).softmax(1));

        var report = new ClassificationExam([(images, labels)]).Inspect([mentor], student, observer: notices);

        report.Findings.Select(finding => finding.Model).Should().Equal("pupil", "m");
        notices.All.Should().Equal(report.Findings.Select(finding => finding.Message));
        report.ToString().Should().Contain("- Student 'pupil' answers with probabilities");
    }

    [Test]
    public void Binomial_tails_are_exact()
    {
        Binomial.AtLeast(3, 4, 0.5).Should().BeApproximately(5 / 16.0, 1e-12);
        Binomial.AtMost(1, 4, 0.25).Should().BeApproximately(Math.Pow(0.75, 4) + 4 * 0.25 * Math.Pow(0.75, 3), 1e-12);
        Binomial.AtLeast(0, 100_000, 0.3).Should().BeApproximately(1, 1e-9);
        // The normal approximation with continuity correction: 3.089 deviations.
        Binomial.AtLeast(30_449, 100_000, 0.3).Should().BeApproximately(0.001, 2e-5);
        Binomial.AtLeast(1, 5, 0).Should().Be(0);
        Binomial.AtLeast(5, 5, 1).Should().Be(1);
    }
}
