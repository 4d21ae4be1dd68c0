using ClassroomKD.Tests.Golden;
using System.Text.Json;
using ClassroomKD.Pose;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Pose.Codecs;

public sealed class PoseCodecGoldenTests
{
    private static readonly HeatmapGeometry Geometry = new(96, 128, 24, 32);

    private JsonElement golden;
    private DisposeScope scope = null!;

    [SetUp]
    public void SetUp()
    {
        golden = GoldenFile.Read("pose-codecs.json");
        scope = NewDisposeScope();
    }

    [TearDown]
    public void TearDown() => scope?.Dispose();

    [TestCase("msra_sigma2", true)]
    [TestCase("msra_sigma2", false)]
    [TestCase("udp_gaussian_sigma2", true)]
    [TestCase("udp_gaussian_sigma2", false)]
    [TestCase("msra_unbiased_sigma2", true)]
    [TestCase("msra_unbiased_sigma2", false)]
    public void Heatmaps_are_drawn_as_published(string name, bool narrow)
    {
        var encode = golden.GetProperty("encode");
        var expected = encode.GetProperty("cases").GetProperty(name);
        var type = narrow ? ScalarType.Float32 : ScalarType.Float64;
        var joints = tensor(encode.GetProperty("keypoints").Numbers()).reshape(1, 8, 2).to_type(type);
        var visible = tensor(encode.GetProperty("visible").Numbers()).reshape(1, 8).to_type(type);

        var encoding = name[0] == 'u' ? HeatmapEncoding.Udp : name.Contains("unbiased") ? HeatmapEncoding.Dark : HeatmapEncoding.Msra;
        var target = new HeatmapCodec(encoding).Encode(joints, visible, Geometry);

        target.Heatmaps.shape.Should().Equal(1, 8, 32, 24);
        target.Weights.ShouldBe(expected.GetProperty("weights").Numbers());
        target.Heatmaps.sum(2, 3).ShouldBe(expected.GetProperty("sum_per_joint").Numbers());
        target.Heatmaps.amax([2, 3]).ShouldBe(expected.GetProperty("max_per_joint").Numbers());
        target.Heatmaps.flatten(2).argmax(2).ShouldBe(expected.GetProperty("argmax_per_joint").Numbers());
        var values = target.Heatmaps.Doubles();
        if (expected.TryGetProperty("sparse_kHW", out var sparse))
        {
            var all = new double[values.Length];
            foreach (var cell in sparse.EnumerateArray())
                all[cell[0].GetInt32()] = cell[1].GetDouble();
            values.Should().Equal(all, (a, b) => Math.Abs(a - b) <= 1e-5);
        }
        else
        {
            foreach (var sample in expected.GetProperty("samples_[k,y,x,value]").EnumerateArray().Select(GoldenFile.Numbers))
                values[(int)((sample[0] * 32 + sample[1]) * 24 + sample[2])].Should().BeApproximately(sample[3], 1e-5);
        }
    }

    [Test]
    public void Quarter_decoding_is_the_published_one()
    {
        var decode = golden.GetProperty("decode");
        var hrnet = HeatmapDecoder.Quarter(Maps());
        hrnet.Positions.ShouldBe(decode.GetProperty("hrnet_quarter_xy").Numbers());
        hrnet.Scores.ShouldBe(decode.GetProperty("max").Numbers());
        var mmpose = HeatmapDecoder.Quarter(Maps(), QuarterConvention.MMPose);
        Geometry.ToInput(mmpose.Positions).ShouldBe(decode.GetProperty("mmpose_msra_quarter_input_xy").Numbers());
    }

    // UDP encodes with (input - 1) / (heatmap - 1) cells; MMPose decodes with input / (heatmap - 1), undone here.
    [TestCase("mmpose_msra_dark_ks11_input_xy", false)]
    [TestCase("mmpose_udp_dark_ks11_input_xy", true)]
    public void Dark_decoding_is_the_published_one(string name, bool udp)
    {
        var expected = golden.GetProperty("decode").GetProperty(name).Numbers();
        var decoded = udp ? DarkDecoder.Udp(Maps()) : DarkDecoder.Dark(Maps());
        var pixels = Geometry.ToInput(decoded.Positions, udp);
        var actual = (udp ? pixels * tensor(new[] { 96 / 95.0, 128 / 127.0 }) : pixels).Doubles();
        // The last joint has no peak: UDP's reference reads its neighbor joint's map there.
        var compared = udp ? 14 : 16;
        actual.Take(compared).Should().Equal(expected.Take(compared), (a, b) => Math.Abs(a - b) <= 1e-5);
    }

    [Test]
    public void Blur_is_the_published_one()
    {
        var decode = golden.GetProperty("decode");
        foreach (var kernel in decode.GetProperty("gaussian_kernel_1d").EnumerateObject())
            HeatmapBlur.Kernel(int.Parse(kernel.Name, System.Globalization.CultureInfo.InvariantCulture))
                .Should().Equal(kernel.Value.Numbers(), (a, b) => Math.Abs(a - b) <= 1e-8);
        var blurred = HeatmapBlur.Apply(Maps(), 11).Doubles();
        foreach (var sample in decode.GetProperty("blur_ks11_samples_[k,y,x,value]").EnumerateArray().Select(GoldenFile.Numbers))
            blurred[(int)((sample[0] * 32 + sample[1]) * 24 + sample[2])].Should().BeApproximately(sample[3], 1e-5);
    }

    [Test]
    public void Simcc_is_the_published_one()
    {
        var simcc = golden.GetProperty("simcc");
        var codec = new SimccCodec(48, 64);
        var joints = tensor(simcc.GetProperty("keypoints").Numbers()).reshape(1, 6, 2);
        var target = codec.Encode(joints, tensor(simcc.GetProperty("visible").Numbers()).reshape(1, 6));

        target.Weights.ShouldBe(simcc.GetProperty("weights").Numbers());
        target.Labels.X.ShouldBe(simcc.GetProperty("x_labels").Numbers());
        target.Labels.Y.ShouldBe(simcc.GetProperty("y_labels").Numbers());

        var answer = new SimccAnswer(
            tensor(simcc.GetProperty("logits_x").Numbers()).reshape(1, 6, 96),
            tensor(simcc.GetProperty("logits_y").Numbers()).reshape(1, 6, 128));
        var decoded = codec.Decode(answer);
        decoded.Positions.ShouldBe(simcc.GetProperty("decoded_xy").Numbers());
        decoded.Scores.ShouldBe(simcc.GetProperty("scores").Numbers());
    }

    [Test]
    public void Crops_are_the_published_ones()
    {
        foreach (var crop in golden.GetProperty("geometry").EnumerateArray())
        {
            var box = crop.GetProperty("bbox_xywh").Numbers();
            var size = crop.GetProperty("out_wh").Numbers();
            var degrees = crop.GetProperty("rot_deg").GetDouble();
            var person = PersonCrop.FromBox(new KeypointBox(box[0], box[1], box[2], box[3]), size[0] / size[1]);
            Near([person.CenterX, person.CenterY], crop, "center");
            Near([person.Width / 200, person.Height / 200], crop, "scale_hrnet");
            var (width, height) = ((int)size[0], (int)size[1]);
            Near(Six(CropTransform.Msra(person, width, height, degrees)), crop, "affine_hrnet");
            Near(Six(CropTransform.Udp(person, width, height, degrees)), crop, "affine_udp");
            Near(Six(CropTransform.Msra(person, 48, 64).Inverse()), crop, "affine_hrnet_inv_heatmap48x64_rot0");
        }
    }

    private Tensor Maps() => tensor(golden.GetProperty("decode").GetProperty("heatmaps_kHW").Numbers()).reshape(1, 8, 32, 24);

    private static double[] Six(CropTransform t) => [t.A, t.B, t.C, t.D, t.E, t.F];

    // The golden file has nine significant digits and centers in float32.
    private static void Near(double[] actual, JsonElement crop, string name) =>
        actual.Should().Equal(crop.GetProperty(name).Numbers(), (a, b) => Math.Abs(a - b) <= 1e-5 * Math.Max(1, Math.Abs(b)), name);
}
