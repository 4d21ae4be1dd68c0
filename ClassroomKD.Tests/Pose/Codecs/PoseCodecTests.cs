using ClassroomKD.Pose;
using CsCheck;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Pose.Codecs;

public sealed class PoseCodecTests : TensorFixture
{
    private static readonly HeatmapGeometry Geometry = new(192, 256, 48, 64);

    [Test]
    public void Log_parabola_finds_any_joint_of_any_spread_and_height()
    {
        Gen.Select(Gen.Double[20, 170], Gen.Double[20, 230], Gen.Double[1.2, 3], Gen.Double[.3, 1]).Sample((x, y, sigma, height) =>
        {
            using var scope = NewDisposeScope();
            var target = new HeatmapCodec(HeatmapEncoding.Dark, sigma).Encode(Joint(x, y), ones(1, 1, dtype: ScalarType.Float64), Geometry);
            var decoded = HeatmapDecoder.LogParabola(target.Heatmaps * tensor(height));
            Geometry.ToInput(decoded.Positions).ShouldBe([x, y], within: 1e-6);
        }, iter: 30, threads: 1);
    }

    [Test]
    public void Decoders_find_what_their_encoder_drew()
    {
        var joints = rand(2, 17, 2, dtype: ScalarType.Float64) * tensor(150.0);
        joints = joints.add(tensor(20.0), Scalars.One);
        var weights = ones(2, 17, dtype: ScalarType.Float64);
        foreach (var (encoding, within) in new[] { (HeatmapEncoding.Msra, 2.9), (HeatmapEncoding.Dark, .01), (HeatmapEncoding.Udp, .5) })
        {
            var codec = new HeatmapCodec(encoding);
            var decoded = codec.Decode(codec.Encode(joints, weights, Geometry).Heatmaps, Geometry);
            Distance(decoded.Positions, joints).Should().BeLessThan(within);
        }
        var simcc = new SimccCodec();
        Distance(simcc.Decode(simcc.Encode(joints, weights).Labels).Positions, joints).Should().BeLessThan(.36);
    }

    [Test]
    public void Flip_test_of_a_mirrored_answer_gives_the_answer()
    {
        var heatmaps = rand(2, 17, 6, 5);
        var order = JointLayout.Mirrored(JointLayout.Coco.Pairs, 17);
        Tensor Swapped(Tensor t) => stack(order.Select(k => t.select(1, k)), 1);

        FlipTest.Average(heatmaps, Swapped(heatmaps).flip(3), JointLayout.Coco.Pairs, shift: false).ShouldBe(heatmaps.Doubles(), 1e-7);

        var shifted = FlipTest.Average(zeros_like(heatmaps), Swapped(heatmaps).flip(3), JointLayout.Coco.Pairs).mul(Scalars.Two);
        shifted.narrow(3, 1, 4).ShouldBe(heatmaps.narrow(3, 0, 4).Doubles(), 1e-7);
        shifted.narrow(3, 0, 1).ShouldBe(heatmaps.narrow(3, 0, 1).Doubles(), 1e-7);

        var bins = new SimccAnswer(rand(2, 17, 8), rand(2, 17, 9));
        var average = FlipTest.Average(bins, new SimccAnswer(Swapped(bins.X).flip(2), Swapped(bins.Y)), JointLayout.Coco.Pairs);
        average.X.ShouldBe(bins.X.Doubles(), 1e-7);
        average.Y.ShouldBe(bins.Y.Doubles(), 1e-7);
    }

    [Test]
    public void Pairs_that_do_not_fit_are_refused()
    {
        FluentActions.Invoking(() => JointLayout.Mirrored([(0, 5), (5, 1)], 16))
            .Should().Throw<ArgumentException>().WithMessage("*found (5, 1)*");
        FluentActions.Invoking(() => JointLayout.Mirrored(JointLayout.Coco.Pairs, 16))
            .Should().Throw<ArgumentException>().WithMessage("*16 joints*found (15, 16)*");
        JointLayout.Mirrored(JointLayout.Mpii.Pairs, 16).Should().Equal(5, 4, 3, 2, 1, 0, 6, 7, 8, 9, 15, 14, 13, 12, 11, 10);
    }

    [Test]
    public void Crop_transforms_invert()
    {
        var crop = PersonCrop.FromMpii(594, 257, 3.0211);
        crop.Should().Be(new PersonCrop(593, 257 + 15 * 3.0211 - 1, 250 * 3.0211, 250 * 3.0211));
        foreach (var map in new[] { CropTransform.Msra(crop, 256, 256, 33), CropTransform.Udp(crop, 256, 256, -71) })
        {
            var there = map.Apply(123.5, 77.25);
            var (x, y) = map.Inverse().Apply(there.X, there.Y);
            x.Should().BeApproximately(123.5, 1e-9);
            y.Should().BeApproximately(77.25, 1e-9);
        }
        FluentActions.Invoking(() => default(CropTransform).Inverse()).Should().Throw<InvalidOperationException>();
    }

    [Test]
    public void Codecs_leave_nothing_but_their_result()
    {
        var joints = rand(2, 17, 2);
        var weights = ones(2, 17);
        var maps = rand(2, 17, 12, 10);
        using var inner = NewDisposeScope();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        new HeatmapCodec(HeatmapEncoding.Udp).Encode(joints, weights, Geometry);
        new SimccCodec().Encode(joints, weights);
        HeatmapDecoder.Quarter(maps);
        HeatmapDecoder.LogParabola(maps);
        DarkDecoder.Dark(maps);
        DarkDecoder.Udp(maps);
        FlipTest.Average(maps, maps, JointLayout.Coco.Pairs);
        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).Should().Be(2 + 3 + 2 + 2 + 2 + 2 + 1);
    }

    [Test]
    public void Shapes_that_do_not_fit_are_named()
    {
        FluentActions.Invoking(() => new HeatmapCodec().Encode(rand(2, 17, 3), ones(2, 17), Geometry))
            .Should().Throw<ArgumentException>().WithMessage("Expected floating-point joints [B, K, 2]*");
        FluentActions.Invoking(() => new HeatmapCodec().Encode(rand(2, 17, 2), ones(2, 16), Geometry))
            .Should().Throw<ArgumentException>().WithMessage("Expected one weight for each joint [2, 17]*");
        FluentActions.Invoking(() => new HeatmapCodec(HeatmapEncoding.Msra, 0).Encode(rand(2, 17, 2), ones(2, 17), Geometry))
            .Should().Throw<ArgumentException>().WithMessage("Expected a spread above 0, found 0*");
        FluentActions.Invoking(() => new HeatmapCodec().Encode(rand(2, 17, 2), ones(2, 17), default))
            .Should().Throw<ArgumentException>().WithMessage("Expected an input and heatmaps of at least 2x2*");
        FluentActions.Invoking(() => HeatmapDecoder.Quarter(rand(3, 4, 5)))
            .Should().Throw<ArgumentException>().WithMessage("Expected floating-point heatmaps*");
        FluentActions.Invoking(() => DarkDecoder.Dark(rand(1, 3, 4, 5), 10))
            .Should().Throw<ArgumentException>().WithMessage("Expected an odd kernel size, found 10*");
        FluentActions.Invoking(() => new SimccCodec().Decode(new SimccAnswer(rand(1, 2, 384), rand(1, 2, 500))))
            .Should().Throw<ArgumentException>().WithMessage("Expected bins [B, K, 384] and [B, K, 512]*");
        FluentActions.Invoking(() => new SimccCodec(split: 0)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => FlipTest.Average(rand(1, 17, 4, 5), rand(1, 17, 4, 6), JointLayout.Coco.Pairs))
            .Should().Throw<ArgumentException>().WithMessage("Expected the shape*mirrored*");
    }

    private static Tensor Joint(double x, double y) => tensor(new[] { x, y }).reshape(1, 1, 2);

    private static double Distance(Tensor a, Tensor b) => a.sub(b).abs().max().ToDouble();
}
