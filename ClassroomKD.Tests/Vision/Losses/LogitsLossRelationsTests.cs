using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Losses;

/// <summary>What the papers say about their losses, for random answers.</summary>
public sealed class LogitsLossRelationsTests : TensorFixture
{
    private LogitsLossArguments arguments;

    [SetUp]
    public void Open() => arguments = LossCase.Arguments(6, 7);

    [Test]
    public void Dkd_with_the_mentors_doubt_as_weight_is_plain_distillation()
    {
        // Equation 5 of the paper: KD = TCKD + (1 - p_target) NCKD.
        var target = new DkdLoss(1, 0).PerSample(arguments).Doubles();
        var others = new DkdLoss(0, 1).PerSample(arguments).Doubles();
        var soft = arguments.Mentor / arguments.Temperatures.unsqueeze(1);
        var certainty = (soft.softmax(1) * arguments.TargetDistribution).sum(1).Doubles();
        var divergences = LossCase.Divergences(soft, arguments.Student / arguments.StudentTemperatures.unsqueeze(1));
        var scales = (arguments.Temperatures * arguments.StudentTemperatures).Doubles();
        for (var i = 0; i < 6; i++)
            (target[i] + (1 - certainty[i]) * others[i]).Should().BeApproximately(scales[i] * divergences[i], 1e-10);
    }

    [Test]
    public void Dkd_of_a_smoothed_target_takes_its_largest_class()
    {
        var smoothed = arguments.TargetDistribution * 0.9 + 0.1 / 7;
        new DkdLoss().PerSample(arguments.With(target: smoothed))
            .ShouldBeBitwiseEqual(new DkdLoss().PerSample(arguments.With(target: arguments.TargetDistribution)), "the class is the same");
    }

    [Test]
    public void Dist_gives_every_sample_the_same_batch_relation()
    {
        var flat = arguments.With(temperatures: full([6], 1.0, ScalarType.Float64));
        var values = new DistLoss(0, 1).PerSample(flat).Doubles();
        values.Should().AllSatisfy(value => value.Should().Be(values[0]));

        var (p, q) = (arguments.Student.softmax(1).Doubles(), arguments.Mentor.softmax(1).Doubles());
        var mean = Enumerable.Range(0, 7).Average(c => 1 - Pearson(
            [.. Enumerable.Range(0, 6).Select(i => p[i * 7 + c])], [.. Enumerable.Range(0, 6).Select(i => q[i * 7 + c])]));
        values[0].Should().BeApproximately(mean, 1e-6, "up to the 1e-8 in the denominator");
    }

    [Test]
    public void Dist_scales_with_the_squared_temperature()
    {
        var four = full([6], 4.0, ScalarType.Float64);
        var atFour = new DistLoss().PerSample(arguments.With(temperatures: four));
        var tempered = new DistLoss().PerSample(arguments.With(arguments.Student / 4, arguments.Mentor / 4, ones(6, ScalarType.Float64)));
        atFour.ShouldEqual(tempered * 16, 1e-12, "softmax(z / 4), times 16");
    }

    [Test]
    public void Standardized_logits_forget_scale_and_shift()
    {
        var loss = new LogitStandardizationLoss();
        var rescaled = loss.PerSample(arguments.With(arguments.Student * 37 - 5, arguments.Mentor * 0.2 + 11));
        var original = loss.PerSample(arguments.With(arguments.Student, arguments.Mentor));
        rescaled.ShouldEqual(original, 1e-5, "up to the 1e-7 beside the deviation");
    }

    [Test]
    public void Transformed_teachers_match_the_power_of_their_probabilities()
    {
        var gamma = 1 / arguments.Temperatures.unsqueeze(1);
        var power = arguments.Mentor.softmax(1).pow(gamma);
        var expected = LossCase.Divergences(power.log(), arguments.Student);
        var sums = power.sum(1).Doubles();
        var (plain, weighted) = (new TtmLoss().PerSample(arguments).Doubles(), new WttmLoss().PerSample(arguments).Doubles());
        for (var i = 0; i < 6; i++)
        {
            plain[i].Should().BeApproximately(expected[i], 1e-12);
            weighted[i].Should().BeApproximately(sums[i] * expected[i], 1e-12);
        }
    }

    [Test]
    public void Mean_squared_error_is_the_usual_one() =>
        new LogitsMseLoss().PerSample(arguments).mean().item<double>()
            .Should().BeApproximately(nn.functional.mse_loss(arguments.Student, arguments.Mentor).item<double>(), 1e-12);

    [Test]
    public void Weights_that_are_not_numbers_are_refused()
    {
        FluentActions.Invoking(() => new DkdLoss(beta: double.NaN)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("beta");
        FluentActions.Invoking(() => new DistLoss(double.PositiveInfinity))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("beta");
    }

    private static double Pearson(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        return a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum()
            / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }
}
