using System.Runtime.CompilerServices;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Codecs;

/// <summary>What codecs refuse, by name before libtorch does without, and what they just accept.</summary>
public sealed class CodecEdgeTests : TensorFixture
{
    private static readonly HeatmapGeometry Geometry = new(192, 256, 48, 64);

    private static readonly Func<Tensor, object>[] Decoders =
    [
        maps => DarkDecoder.Dark(maps), maps => DarkDecoder.Udp(maps), maps => HeatmapDecoder.Quarter(maps),
        maps => HeatmapDecoder.LogParabola(maps), maps => HeatmapDecoder.Expected(maps), maps => FlipTest.Average(maps, maps, []),
        maps => new HeatmapCodec().Decode(maps, Geometry),
    ];

    private static void Refused(Func<object> call, string message) =>
        call.Should().Throw<ArgumentException>().WithMessage(message + "*");

    [TestCaseSource(nameof(Decoders))]
    public void Every_decoder_refuses_what_are_no_maps(Func<Tensor, object> decode)
    {
        foreach (var maps in (Tensor[])[ones(2, 64, 48), ones(1, 2, 64, 48, ScalarType.Int64), ones(1, 2, 1, 48), ones(1, 2, 64, 1)])
            Refused(() => decode(maps), "Expected floating-point heatmaps [B, K, H, W] of at least 2x2 cells, found");
    }

    [Test]
    public void Mirrored_answers_of_another_shape_are_refused()
    {
        Refused(() => FlipTest.Average(ones(1, 2, 8, 8), ones(1, 2, 8, 9), []), "Expected the shape [1, 2, 8, 8]");
        var answer = new SimccAnswer(ones(1, 2, 8), ones(1, 2, 6));
        Refused(() => FlipTest.Average(answer, answer with { X = ones(1, 1, 8) }, []), "Expected the shape [1, 2, 8]");
        Refused(() => FlipTest.Average(answer, answer with { Y = ones(1, 1, 6) }, []), "Expected the shape [1, 2, 6]");
    }

    [Test]
    public void Conventions_sizes_and_spreads_that_are_none_are_refused()
    {
        Refused(() => new HeatmapCodec((HeatmapEncoding)7), "Expected one of HeatmapEncoding, found 7.");
        Refused(
            () => HeatmapDecoder.Quarter(ones(1, 1, 4, 4), (QuarterConvention)7), "Expected a convention of QuarterConvention, found 7.");
        Refused(() => HeatmapDecoder.Expected(ones(1, 1, 4, 4), 0), "Expected beta above 0, found 0.");
        foreach (var (height, width) in new[] { (64, 47), (63, 48) })
            Refused(() => new HeatmapCodec().Decode(ones(1, 1, height, width), Geometry), "Expected heatmaps of 64 x 48 cells");
        foreach (var size in (HeatmapGeometry[])[new(1, 2, 2, 2), new(2, 1, 2, 2), new(2, 2, 1, 2), new(2, 2, 2, 1)])
            Refused(() => size.ToInput(zeros(1, 1, 2)), "Expected an input and heatmaps of at least 2x2, found");
        new HeatmapGeometry(2, 2, 2, 2).ToInput(ones(1, 1, 2)).ShouldBe([1, 1], 0);
        foreach (var make in (Func<SimccCodec>[])
            [() => new(0), () => new(8, 0), () => new(8, 8, 0), () => new(8, 8, 1, 0), () => new(8, 8, 1, 1, 0), () => new(-8, 8)])
            Refused(make, "Expected values above 0, found input");
    }

    [Test]
    public void Bins_that_are_none_are_refused()
    {
        var codec = new SimccCodec(8, 6, 1);
        Refused(() => codec.Encode(zeros(1, 2, 3), ones(1, 2)), "Expected floating-point joints [B, K, 2]");
        Tensor x = ones(1, 2, 8), y = ones(1, 2, 6);
        foreach (var answer in (SimccAnswer[])
            [new(x.unsqueeze(3), y), new(x, y.unsqueeze(3)), new(ones(1, 2, 7), y), new(x, ones(1, 2, 7)), new(ones(2, 2, 8), y),
                new(ones(1, 1, 8), y)])
            Refused(() => codec.Decode(answer), "Expected bins [B, K, 8] and [B, K, 6], found");
        ITuple tuple = new SimccAnswer(x, y);
        ReferenceEquals(tuple[0], x).Should().BeTrue();
        ReferenceEquals(tuple[1], y).Should().BeTrue();
    }

    [Test]
    public void A_joint_whose_Gaussian_just_touches_the_map_is_kept()
    {
        Tensor Joint(double x, double y) => tensor(new[] { x, y }).reshape(1, 1, 2);
        // Three spreads are 6 cells of 4 pixels, and 14.7 bins of half a pixel in x.
        new HeatmapCodec().Encode(Joint(-28, 100), ones(1, 1), Geometry).Weights.ShouldBe([1], 0);
        new HeatmapCodec().Encode(Joint(-40, 100), ones(1, 1), Geometry).Weights.ShouldBe([0], 0);
        new SimccCodec().Encode(Joint(-7.5, 100), ones(1, 1)).Weights.ShouldBe([1], 0);
        new SimccCodec().Encode(Joint(198, 100), ones(1, 1)).Weights.ShouldBe([1], 0);
        new SimccCodec().Encode(Joint(-9, 100), ones(1, 1)).Weights.ShouldBe([0], 0);
    }

    [Test]
    public void Beyond_the_last_cell_its_value_goes_on()
    {
        var like = zeros(1, ScalarType.Float64);
        Resampling.Linear(4, 8, .75, like)[7].ShouldBe([0, 0, 0, 1], 0);
        var bins = HeatmapProfile.InBins(tensor(new[] { .1, .3, .6, .9 }).reshape(1, 1, 4), 2, 2, 8, 4).Doubles();
        bins[7].Should().Be(bins[6]);
    }

    [Test]
    public void The_blur_of_decoding_follows_the_spread()
    {
        manual_seed(1);
        var maps = rand(1, 3, 64, 48, ScalarType.Float64);
        foreach (var (sigma, kernel) in new[] { (2.0, 11), (3, 17), (.4, 3) })
            new HeatmapCodec(HeatmapEncoding.Dark, sigma).Decode(maps, Geometry).Positions
                .ShouldBe(Geometry.ToInput(DarkDecoder.Dark(maps, kernel).Positions).Doubles(), 1e-9);
        FluentActions.Invoking(() => DarkDecoder.Dark(maps, 1)).Should().NotThrow("a kernel of one cell blurs nothing");
        Refused(() => DarkDecoder.Dark(maps, 4), "Expected an odd kernel size, found 4.");
        Refused(() => DarkDecoder.Dark(maps, -1), "Expected an odd kernel size, found -1.");
    }
}
