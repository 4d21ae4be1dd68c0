using ClassroomKD.Tests.Golden;
using System.Text.Json;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Codecs;

public sealed class PoseCodecGoldenTests : TensorFixture
{
    private JsonElement golden;
    private HeatmapGeometry geometry;

    [SetUp]
    public void SetUp()
    {
        golden = GoldenFile.Read("pose-codecs.json");
        var (input, heatmap) = (Sizes(golden.GetProperty("encode"), "input_wh"), Sizes(golden.GetProperty("encode"), "heatmap_wh"));
        geometry = new(input[0], input[1], heatmap[0], heatmap[1]);
    }

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
        var joints = encode.GetProperty("keypoints").Tensor(type).unsqueeze(0);
        var visible = encode.GetProperty("visible").Tensor(type).unsqueeze(0);

        var encoding = name[0] == 'u' ? HeatmapEncoding.Udp : name.Contains("unbiased") ? HeatmapEncoding.Dark : HeatmapEncoding.Msra;
        var target = new HeatmapCodec(encoding).Encode(joints, visible, geometry);

        target.Heatmaps.shape.Should().Equal(1, joints.size(1), geometry.Height, geometry.Width);
        target.Weights.ShouldBe(expected.GetProperty("weights").Numbers());
        // Where the border cuts a joint, its sum moves by 5 (2 pi's root times sigma) a cell, and float32 keeps 4e-6 of a cell.
        target.Heatmaps.sum(2, 3).ShouldBe(expected.GetProperty("sum_per_joint").Numbers(), narrow ? 5e-5 : 1e-5);
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
            ShouldHold(values, expected.GetProperty("samples_[k,y,x,value]"));
    }

    [Test]
    public void Quarter_decoding_is_the_published_one()
    {
        var decode = golden.GetProperty("decode");
        var hrnet = HeatmapDecoder.Quarter(Maps());
        hrnet.Positions.ShouldBe(decode.GetProperty("hrnet_quarter_xy").Numbers());
        hrnet.Scores.ShouldBe(decode.GetProperty("max").Numbers());
        var mmpose = HeatmapDecoder.Quarter(Maps(), QuarterConvention.MMPose);
        geometry.ToInput(mmpose.Positions).ShouldBe(decode.GetProperty("mmpose_msra_quarter_input_xy").Numbers());
    }

    // UDP encodes with (input - 1) / (heatmap - 1) cells; MMPose decodes with input / (heatmap - 1), undone here.
    [TestCase("mmpose_msra_dark_ks11_input_xy", false)]
    [TestCase("mmpose_udp_dark_ks11_input_xy", true)]
    public void Dark_decoding_is_the_published_one(string name, bool udp)
    {
        var expected = golden.GetProperty("decode").GetProperty(name).Numbers();
        var highest = golden.GetProperty("decode").GetProperty("max").Numbers();
        var decoded = udp ? DarkDecoder.Udp(Maps()) : DarkDecoder.Dark(Maps());
        var pixels = geometry.ToInput(decoded.Positions, udp);
        var (width, height) = (geometry.InputWidth, geometry.InputHeight);
        var undo = tensor(new[] { width / (width - 1.0), height / (height - 1.0) });
        var actual = (udp ? pixels * undo : pixels).Doubles();
        for (var i = 0; i < expected.Length; i++)
            // Where a joint has no peak, UDP's reference reads its neighbor joint's map.
            if (!udp || highest[i / 2] > 0)
                // The reference computes in float32, which keeps 6e-8 of a position and of the logarithms whose differences refine it.
                actual[i].Should().BeApproximately(expected[i], 1e-5 + 2.4e-7 * Math.Abs(expected[i]), $"coordinate {i}");
    }

    [Test]
    public void Blur_is_the_published_one()
    {
        var decode = golden.GetProperty("decode");
        foreach (var kernel in decode.GetProperty("gaussian_kernel_1d").EnumerateObject())
            HeatmapBlur.Kernel(int.Parse(kernel.Name, System.Globalization.CultureInfo.InvariantCulture))
                .Should().Equal(kernel.Value.Numbers(), (a, b) => Math.Abs(a - b) <= 1e-8, "the file has nine digits");
        ShouldHold(HeatmapBlur.Apply(Maps(), 11).Doubles(), decode.GetProperty("blur_ks11_samples_[k,y,x,value]"));
    }

    [Test]
    public void Simcc_is_the_published_one()
    {
        var simcc = golden.GetProperty("simcc");
        var (input, sigma) = (Sizes(simcc, "input_wh"), simcc.GetProperty("sigma").Numbers());
        var codec = new SimccCodec(input[0], input[1], simcc.GetProperty("split").GetDouble(), sigma[0], sigma[1]);
        Tensor Single(string name) => simcc.GetProperty(name).Tensor().unsqueeze(0);
        var target = codec.Encode(Single("keypoints"), Single("visible"));

        target.Weights.ShouldBe(simcc.GetProperty("weights").Numbers());
        target.Labels.X.ShouldBe(simcc.GetProperty("x_labels").Numbers());
        target.Labels.Y.ShouldBe(simcc.GetProperty("y_labels").Numbers());

        var answer = new SimccAnswer(Single("logits_x"), Single("logits_y"));
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

    private Tensor Maps()
    {
        var decode = golden.GetProperty("decode");
        return decode.GetProperty("heatmaps_kHW").Tensor().reshape([1, .. Sizes(decode, "shape")]);
    }

    // The file's maps are float32 with nine digits.
    private void ShouldHold(double[] maps, JsonElement samples)
    {
        foreach (var sample in samples.EnumerateArray().Select(GoldenFile.Numbers))
            maps[(int)((sample[0] * geometry.Height + sample[1]) * geometry.Width + sample[2])].Should().BeApproximately(sample[3], 1e-5);
    }

    private static int[] Sizes(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(size => size.GetInt32())];

    private static double[] Six(CropTransform t) => [t.A, t.B, t.C, t.D, t.E, t.F];

    // The golden file has nine significant digits and centers in float32.
    private static void Near(double[] actual, JsonElement crop, string name) =>
        actual.Should().Equal(crop.GetProperty(name).Numbers(), (a, b) => Math.Abs(a - b) <= 1e-5 * Math.Max(1, Math.Abs(b)), name);
}
