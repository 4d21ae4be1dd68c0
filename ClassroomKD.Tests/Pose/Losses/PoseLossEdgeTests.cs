using ClassroomKD.Kernels;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Losses;

/// <summary>What pose losses refuse, by name, the ends of their ranges, and the student's own temperatures.</summary>
public sealed class PoseLossEdgeTests : TensorFixture
{
    private static readonly SpatialKlLoss Loss = new(2);

    [SetUp]
    public void Seed() => manual_seed(4);

    private static void Refused(Func<object> call, string message) =>
        call.Should().Throw<ArgumentException>().WithMessage(message + "*");

    private static Tensor Of<TMaps>(TMaps student, TMaps mentor, Tensor temperatures, Tensor own) =>
        ((IPoseDistillationLoss<TMaps>)(object)Loss).PerSample(new()
        {
            Student = student, Mentor = mentor, Target = mentor, Weights = ones(2, 3, ScalarType.Float64), Temperatures = temperatures,
            StudentTemperatures = own,
        });

    private static Tensor Drawn(params long[] shape) => rand(shape, ScalarType.Float64);

    [Test]
    public void Answers_and_temperatures_that_do_not_fit_are_refused()
    {
        var (maps, bins, two) = (Drawn(2, 3, 4, 5), new SimccAnswer(Drawn(2, 3, 8), Drawn(2, 3, 6)), ones(2));
        Refused(() => Of(Drawn(2, 3, 1, 5), Drawn(2, 3, 1, 5), two, two), "Expected floating-point heatmaps");
        Refused(() => Of(maps, Drawn(2, 3, 5, 4), two, two), "Expected the shape [2, 3, 4, 5], found");
        Refused(() => Of(bins, bins with { X = Drawn(2, 3, 7) }, two, two), "Expected the shape [2, 3, 8], found");
        Refused(() => Of(bins, bins with { Y = Drawn(2, 3, 7) }, two, two), "Expected the shape [2, 3, 6], found");
        Refused(() => Of(maps, maps, ones(3), two), "Expected a temperature for each sample [2], found");
        Refused(() => Of(maps, maps, two, ones(2, 1)), "Expected a temperature for each sample [2], found");
        var other = bins with { Y = Drawn(2, 3, 7) };
        Refused(() => new KlDiscretLoss().PerSample(bins, other, ones(2, 3)), "Expected the shape [2, 3, 6], found");
        Refused(() => new FastPoseDistillation(-.1), "Expected alpha from 0 to 1, found -0.1.");
        Refused(() => new OhkmLoss(4).PerSample(maps, maps, ones(2, 3)), "Expected at least 4 joints, found 3.");
    }

    [Test]
    public void The_ends_of_a_range_belong_to_it()
    {
        new FastPoseDistillation(0).TruthShare.Should().Be(1);
        new FastPoseDistillation(1).TruthShare.Should().Be(0);
        var (student, truth, weights) = (Drawn(2, 3, 4, 5), Drawn(2, 3, 4, 5), ones(2, 3));
        // The hardest of all joints are all.
        new OhkmLoss(3).PerSample(student, truth, weights)
            .ShouldBe(student.sub(truth).square().mean([1, 2, 3]).mul(Scalars.Half).Doubles(), 1e-12);
    }

    [Test]
    public void The_student_may_have_temperatures_of_its_own()
    {
        var (student, mentor) = (Drawn(2, 3, 4, 5), Drawn(2, 3, 4, 5));
        var (mentors, own) = (tensor(new[] { 2.0, 3 }), tensor(new[] { 1.5, 4 }));
        var apart = Of(student, mentor, mentors, own);
        apart.Doubles().Should().NotEqual(Of(student, mentor, mentors, mentors).Doubles());

        var arguments = new DistillationArguments
        {
            Weights = ones(1, 2, ScalarType.Float64), Temperatures = mentors.unsqueeze(0), StudentTemperatures = own.unsqueeze(0),
        };
        Loss.OfAll([student.flatten(2)], [[mentor.flatten(2)]], ones(1, 2, 3, ScalarType.Bool), arguments, KernelImplementation.Reference)
            .PerMentor.ShouldBe(apart.Doubles(), 1e-9);
    }
}
