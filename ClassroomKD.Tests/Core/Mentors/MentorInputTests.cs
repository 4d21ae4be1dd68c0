namespace ClassroomKD.Tests.Core.Mentors;

public sealed class MentorInputTests : TensorFixture
{
    // What a mentor with this input is given.
    private static Tensor Given(Tensor batch, MentorInput input)
    {
        using var mentor = new Mentor("m", x => x.clone(), new MentorOptions { Input = input });
        return mentor.Answer(batch);
    }

    [Test]
    public void The_students_normalisation_is_undone_and_the_mentors_applied()
    {
        float[] m = [.1f, .2f, .3f], s = [.5f, .6f, .7f], mentorM = [.4f, .5f, .6f], mentorS = [.2f, .25f, .3f];
        Tensor PerChannel(float[] values) => tensor(values).reshape(1, 3, 1, 1);
        var raw = rand(4, 3, 5, 6);
        var given = Given(
            (raw - PerChannel(m)) / PerChannel(s),
            new() { StudentMean = m, StudentStandardDeviation = s, MentorMean = mentorM, MentorStandardDeviation = mentorS });
        given.ShouldEqual((raw - PerChannel(mentorM)) / PerChannel(mentorS), 1e-5, "input");
    }

    [Test]
    public void Figures_of_the_mentor_stand_in_its_own_channel_order()
    {
        // RGB of 0 to 1 for a mentor that takes BGR of 0 to 255 minus a mean.
        float[] bgr = [103.9f / 255, 116.8f / 255, 123.7f / 255];
        var raw = rand(2, 3, 4, 4);
        var given = Given(raw, new() { Channels = [2, 1, 0], MentorMean = bgr, MentorStandardDeviation = [1 / 255f, 1 / 255f, 1 / 255f] });
        given.ShouldEqual(raw.flip(1).mul(Scalars.Of(255)) - tensor(new[] { 103.9f, 116.8f, 123.7f }).reshape(1, 3, 1, 1), 1e-4, "input");
    }

    [Test]
    public void One_channel_becomes_three_with_figures_of_either_side()
    {
        var raw = rand(2, 1, 4, 4);
        var given = Given(
            raw, new() { Channels = [0, 0, 0], StudentMean = [.5f], StudentStandardDeviation = [.5f], MentorMean = [0, .1f, .2f] });
        var value = raw.mul(Scalars.Half).add(Scalars.Half, Scalars.One);
        given.shape.Should().Equal(2, 3, 4, 4);
        given.ShouldEqual(cat([value, value.sub(tensor(.1f)), value.sub(tensor(.2f))], 1), 1e-5, "input");
    }

    [Test]
    public void Bilinear_by_hand()
    {
        var given = Given(tensor(new[] { 0f, 1f, 0f, 1f }).reshape(1, 1, 2, 2), new() { Size = (2, 4) });
        given.ShouldBe([0, .25, .75, 1, 0, .25, .75, 1], 1e-6);
    }

    [TestCase(7, 9)]
    [TestCase(24, 20)]
    [TestCase(16, 12)]
    public void Size_and_figures_together_do_what_they_do_one_after_the_other(int height, int width)
    {
        var batch = randn(2, 3, 16, 12);
        foreach (var interpolation in new[] { InterpolationMode.Bilinear, InterpolationMode.Bicubic })
            foreach (var antialias in new[] { false, true })
            {
                float[] mean = [.1f, .2f, .3f], deviation = [.5f, .6f, .7f];
                var both = Given(batch, new()
                {
                    Size = (height, width), Interpolation = interpolation, Antialias = antialias,
                    MentorMean = mean, MentorStandardDeviation = deviation,
                });
                var resized = height == 16
                    ? batch
                    : nn.functional.interpolate(batch, [height, width], mode: interpolation, align_corners: false, antialias: antialias);
                var normalized = Given(resized, new() { MentorMean = mean, MentorStandardDeviation = deviation });
                both.ShouldEqual(normalized, 1e-4, $"{interpolation} {antialias}");
            }
    }

    [Test]
    public void Antialias_matters_when_making_smaller()
    {
        var batch = randn(1, 1, 16, 16);
        Given(batch, new() { Size = (4, 4), Antialias = true }).Doubles()
            .Should().NotEqual(Given(batch, new() { Size = (4, 4) }).Doubles());
    }

    [Test]
    public void Type_is_the_mentors_if_stated_and_the_batchs_if_not()
    {
        Given(rand(1, 1, 4, 4), new() { Type = ScalarType.Float16 }).dtype.Should().Be(ScalarType.Float16);
        Given(rand(1, 1, 4, 4).to(ScalarType.BFloat16), new() { MentorMean = [.5f] }).dtype.Should().Be(ScalarType.BFloat16);
    }

    [Test]
    public void The_students_batch_stays_as_it_is()
    {
        var batch = rand(1, 3, 4, 4);
        var copy = batch.clone();
        Given(batch, new() { Channels = [2, 1, 0], MentorMean = [1, 1, 1] });
        batch.ShouldBeBitwiseEqual(copy, "batch");
        Given(batch, new()).ShouldBeBitwiseEqual(batch, "nothing stated");
    }

    [Test]
    public void Batches_that_do_not_fit_are_refused_with_the_mentors_name()
    {
        FluentActions.Invoking(() => Given(rand(4, 10), new() { Size = (8, 8) }))
            .Should().Throw<MentorException>().WithMessage("*'m'*[B, C, H, W]*[4, 10]*");
        FluentActions.Invoking(() => Given(rand(1, 1, 4, 4), new() { MentorMean = [0, 0, 0] }))
            .Should().Throw<MentorException>().WithMessage("*3 channels*1 came*");
        FluentActions.Invoking(() => Given(rand(1, 1, 4, 4), new() { Channels = [0, 2] }))
            .Should().Throw<MentorException>().WithMessage("*channel 2*1 channels came*");
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return new TestCaseData(new MentorInput { Size = (0, 8) }, "*Size*0 x 8*");
        yield return new TestCaseData(new MentorInput { Interpolation = InterpolationMode.Area }, "*Interpolation*Area*");
        yield return new TestCaseData(new MentorInput { Channels = [] }, "*Channels*");
        yield return new TestCaseData(new MentorInput { Channels = [-1] }, "*Channels*-1*");
        yield return new TestCaseData(new MentorInput { Type = ScalarType.Int64 }, "*Type*Int64*");
        yield return new TestCaseData(new MentorInput { MentorStandardDeviation = [1, 0] }, "*MentorStandardDeviation*above 0*");
        yield return new TestCaseData(new MentorInput { StudentMean = [float.NaN] }, "*StudentMean*");
        yield return new TestCaseData(
            new MentorInput { StudentMean = [1, 1], StudentStandardDeviation = [1] }, "*StudentMean has 2*StudentStandardDeviation 1*");
        yield return new TestCaseData(new MentorInput { StudentMean = [1], MentorMean = [1, 1, 1] }, "*student has 1*mentor 3*Channels*");
        yield return new TestCaseData(new MentorInput { Channels = [0, 0], MentorMean = [1, 1, 1] }, "*2 channels*3 came*");
        yield return new TestCaseData(new MentorInput { Channels = [0, 1], StudentMean = [1] }, "*Channels [0, 1]*1 do not have*");
    }

    [TestCaseSource(nameof(Wrong))]
    public void What_contradicts_itself_is_refused_when_the_mentor_is_made(MentorInput input, string message) =>
        FluentActions.Invoking(() => new Mentor("m", x => x, new MentorOptions { Input = input }))
            .Should().Throw<ArgumentException>().WithMessage(message);

    [Test]
    public void Leaves_no_tensor_behind()
    {
        var batch = rand(2, 3, 8, 8);
        var before = LiveTensors.Settled();
        var options = new MentorOptions { Input = new() { Size = (12, 12), Channels = [2, 1, 0], MentorMean = [1, 1, 1] } };
        using (var mentor = new Mentor("m", x => x.mean([2, 3]), options))
            for (var i = 0; i < 5; i++)
                mentor.Answer(batch).Dispose();
        Tensor.TotalCount.Should().Be(before);
    }
}
