using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Networks;

public sealed class PoseProcessingTests
{
    private static readonly ModelCard Card = new()
    {
        NetworkName = "hrnet_w32",
        ClassNames = ["nose", "left", "right"],
        InputSize = (256, 192),
        Mean = [0.485f, 0.456f, 0.406f],
        StandardDeviation = [0.229f, 0.224f, 0.225f],
        Details = new Dictionary<string, string> { ["channel_order"] = "RGB" },
    };

    [TestCase(HeatmapEncoding.Msra, "msra", "msra", "true")]
    [TestCase(HeatmapEncoding.Dark, "dark", "msra", "true")]
    [TestCase(HeatmapEncoding.Udp, "udp", "udp", "false")]
    public void Heatmaps_decide_on_crop_and_flip(HeatmapEncoding encoding, string codec, string crop, string shift)
    {
        var processing = new PoseProcessing(new HeatmapCodec(encoding, 3)) { BoxPadding = 1.1, FlipPairs = [(1, 2)] };
        var card = processing.AddTo(Card);
        card.Details.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["channel_order"] = "RGB", ["pose.codec"] = codec, ["pose.crop"] = crop, ["pose.flip_shift"] = shift,
            ["pose.sigma"] = "[3]", ["pose.box_padding"] = "1.1", ["pose.flip_pairs"] = "[[1,2]]",
        });
        PoseProcessing.Read(ModelCard.FromMetadata(card.ToMetadata(), "file")).Should().BeEquivalentTo(processing);
    }

    [Test]
    public void Bins_keep_their_codec()
    {
        var processing = new PoseProcessing(new SimccCodec(192, 256, 2.5, 4, 5)) { FlipPairs = [] };
        var read = PoseProcessing.Read(processing.AddTo(Card));
        read.Should().BeEquivalentTo(processing);
        read.Bins!.BinsX.Should().Be(480);
        read.FlipShift.Should().BeFalse();
    }

    [Test]
    public void What_does_not_fit_the_card_is_refused()
    {
        void Refused(PoseProcessing processing, string message) =>
            FluentActions.Invoking(() => processing.AddTo(Card)).Should().Throw<ArgumentException>().WithMessage(message);
        Refused(new PoseProcessing(new HeatmapCodec()), "*3 joints*(3, 4)*");
        Refused(new PoseProcessing(new SimccCodec(256, 192)) { FlipPairs = [] }, "*192x256*256x192*");
        Refused(new PoseProcessing(new HeatmapCodec()) { FlipPairs = [], BoxPadding = 0 }, "*padding above 0*");
    }

    [TestCase("pose.codec", null, "*'hrnet_w32'*no pose*'pose.codec'*none*")]
    [TestCase("pose.codec", "other", "*'pose.codec' is 'other'*")]
    [TestCase("pose.sigma", "[]", "*'pose.sigma'*")]
    [TestCase("pose.sigma", "[-1]", "*'pose.sigma'*-1*")]
    [TestCase("pose.flip_pairs", "[[1]]", "*'pose.flip_pairs'*")]
    [TestCase("pose.flip_pairs", "[null]", "*'pose.flip_pairs'*")]
    [TestCase("pose.flip_pairs", "[[1,7]]", "*'pose.flip_pairs'*(1, 7)*")]
    [TestCase("pose.box_padding", "wide", "*'pose.box_padding' is 'wide'*")]
    public void A_card_that_describes_no_pose_is_refused(string key, string? text, string message)
    {
        var details = new Dictionary<string, string>(new PoseProcessing(new HeatmapCodec()) { FlipPairs = [(1, 2)] }.AddTo(Card).Details);
        details.Remove(key);
        if (text is not null)
            details.Add(key, text);
        FluentActions.Invoking(() => PoseProcessing.Read(Card with { Details = details }))
            .Should().Throw<WeightsException>().WithMessage(message);
    }
}
