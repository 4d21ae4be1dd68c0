namespace ClassroomKD.Tests.Core.Weights;

public sealed class ModelCardTests
{
    private static readonly ModelCard Card = new()
    {
        NetworkName = "resnet20",
        ClassNames = ["chat", "λύκος", "quote \" and, comma"],
        InputSize = (24, 32),
        Mean = [0.4914f, 1 / 3f, -1e-7f],
        StandardDeviation = [0.2470f, 1e-7f, 1],
        ValueRange = 1023.5,
        Details = new Dictionary<string, string> { ["channel_order"] = "RGB", ["epochs"] = "" },
    };

    [Test]
    public void Comes_back_from_a_file_as_it_was()
    {
        using var folder = new TemporaryFolder();
        using var student = new Student("pupil", nn.Linear(4, 3));
        var path = Path.Combine(folder.Root, "pupil.safetensors");
        student.Save(path, Card);
        ModelCard.Read(path).Should().BeEquivalentTo(Card, options => options.WithStrictOrdering());
        using var weights = WeightsFile.Read(path);
        weights.Keys.Should().Equal("weight", "bias");
        weights.Metadata["input_size"].Should().Be("[3,24,32]");
        weights.Metadata["mean"].Should().StartWith("[0.4914,");
    }

    [Test]
    public void Says_colors_resizing_and_output_also_where_an_earlier_file_does_not()
    {
        var card = Card with { ColorOrder = "BGR", Resizing = "short side to 256, middle 224 x 224", Output = "log-probabilities" };
        var metadata = new Dictionary<string, string>(card.ToMetadata());
        (metadata["color_order"], metadata["resizing"], metadata["output"])
            .Should().Be(("BGR", "short side to 256, middle 224 x 224", "log-probabilities"));
        ModelCard.FromMetadata(metadata, "some.file").Should().BeEquivalentTo(card);
        foreach (var key in new[] { "color_order", "resizing", "output" })
            metadata.Remove(key);
        var earlier = ModelCard.FromMetadata(metadata, "some.file");
        (earlier.ColorOrder, earlier.Resizing, earlier.Output).Should().Be(("RGB", "whole image, bilinear, antialiased", "logits"));
        (Card with { Mean = [0], StandardDeviation = [1] }).ColorOrder.Should().Be("gray");
        FluentActions.Invoking((Card with { Output = " " }).ToMetadata).Should().Throw<ArgumentException>().WithMessage("*Output*");
    }

    [Test]
    public void Refuses_what_contradicts_itself()
    {
        void Refused(ModelCard card, string message) =>
            FluentActions.Invoking(card.ToMetadata).Should().Throw<ArgumentException>().WithMessage(message);
        Refused(Card with { NetworkName = " " }, "*NetworkName*none*");
        Refused(Card with { ClassNames = [] }, "*ClassNames*");
        Refused(Card with { ClassNames = ["a", ""] }, "*ClassNames*");
        Refused(Card with { ClassNames = ["a", "b", "a"] }, "*'resnet20'*ClassNames once*'a' 2 times*");
        Refused(Card with { ClassNames = ["a", "b\ud800"] }, "*half of a surrogate pair*");
        Refused(Card with { NetworkName = "\udc00" }, "*half of a surrogate pair*");
        Refused(Card with { InputSize = (0, 32) }, "*InputSize*0x32*");
        Refused(Card with { Mean = [0] }, "*each channel*1 and 3*");
        Refused(Card with { StandardDeviation = [1, 0, 1] }, "*StandardDeviation above 0*1, 0, 1*");
        Refused(Card with { Mean = [0, float.NaN, 0] }, "*finite*NaN*");
        Refused(Card with { ValueRange = 0 }, "*ValueRange*0*");
        Refused(Card with { Details = new Dictionary<string, string> { ["std"] = "" } }, "*Details*'std'*");
    }

    [TestCase("network", null, "*some.file*'network'*none*")]
    [TestCase("classes", "[1]", "*some.file*'classes'*list of texts*'?1?'*")]
    [TestCase("classes", "[\"\\ud800\"]", "*'classes'*list of texts*")]
    [TestCase("classes", "null", "*'classes'*'null'*")]
    [TestCase("classes", "[\"a\",null]", "*ClassNames*")]
    [TestCase("input_size", "[3,24]", "*'input_size'*3, height, width*3, 24*")]
    [TestCase("input_size", "[1,24,32]", "*'input_size'*as many channels as 'mean'*")]
    [TestCase("input_size", "[3,24,-32]", "*InputSize*24x-32*")]
    [TestCase("std", "[1,1,\"x\"]", "*'std'*list of numbers*")]
    [TestCase("value_range", "many", "*'value_range'*a number*'many'*")]
    public void Refuses_metadata_that_is_no_card(string key, string? text, string message)
    {
        var metadata = new Dictionary<string, string>(Card.ToMetadata());
        metadata.Remove(key);
        if (text is not null)
            metadata.Add(key, text);
        FluentActions.Invoking(() => ModelCard.FromMetadata(metadata, "some.file")).Should().Throw<WeightsException>().WithMessage(message);
    }

    [Test]
    public void Refuses_files_without_one()
    {
        using var folder = new TemporaryFolder();
        using var student = new Student("pupil", nn.Linear(4, 3));
        var path = Path.Combine(folder.Root, "pupil.safetensors");
        student.Save(path);
        FluentActions.Invoking(() => ModelCard.Read(path))
            .Should().Throw<WeightsException>().WithMessage("*pupil.safetensors*'network'*none*");
        var noise = folder.Write("noise", [1, 2, 3]);
        FluentActions.Invoking(() => ModelCard.Read(noise)).Should().Throw<WeightsException>().WithMessage("*noise*no safetensors file*");
    }
}
