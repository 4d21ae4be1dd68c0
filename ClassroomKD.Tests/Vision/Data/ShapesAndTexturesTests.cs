using System.Security.Cryptography;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Data;

public sealed class ShapesAndTexturesTests
{
    [Test]
    public void Gives_the_same_bytes_on_every_machine()
    {
        using var data = ShapesAndTextures.Generate(50, seed: 1);
        Convert.ToHexString(SHA256.HashData(data.Images.bytes)).Should().Be(FrozenHash);
    }

    [Test]
    public void All_classes_are_equally_frequent_and_named()
    {
        using var scope = NewDisposeScope();
        using var data = ShapesAndTextures.Generate(200, seed: 1);
        data.Images.shape.Should().Equal(200, 3, 32, 32);
        data.Labels.bincount(null, 10).data<long>().ToArray().Should().AllBeEquivalentTo(20);
        data.ClassNames.Should().HaveCount(10).And.OnlyHaveUniqueItems();
    }

    [Test]
    public void More_images_do_not_change_the_first_ones()
    {
        using var few = ShapesAndTextures.Generate(20, seed: 3);
        using var many = ShapesAndTextures.Generate(40, seed: 3);
        many.Images.bytes[..(20 * 3072)].SequenceEqual(few.Images.bytes).Should().BeTrue();
    }

    [Test]
    public void No_two_images_are_alike_within_or_across_seeds()
    {
        using var one = ShapesAndTextures.Generate(300, seed: 1);
        using var two = ShapesAndTextures.Generate(300, seed: 2);
        var images = new HashSet<string>();
        foreach (var data in new[] { one, two })
            for (var i = 0; i < 300; i++)
                images.Add(Convert.ToHexString(data.Images.bytes.Slice(i * 3072, 3072)));
        images.Should().HaveCount(600);
    }

    [Test]
    public void Shapes_cover_what_their_names_say()
    {
        // Over many images the middle of a ring shows the background, the middle of a disc the object, which is brighter.
        using var scope = NewDisposeScope();
        using var data = ShapesAndTextures.Generate(2000, seed: 5);
        double Middle(long label) => data.Images.index_select(0, data.Labels.eq(label).nonzero().squeeze(1))
            .narrow(2, 14, 4).narrow(3, 14, 4).to(ScalarType.Float64).mean().item<double>();
        Middle(0).Should().BeGreaterThan(Middle(8) + 20);
        Middle(1).Should().BeGreaterThan(Middle(9) + 20);
    }

    [Test]
    public void Refuses_to_make_nothing() =>
        FluentActions.Invoking(() => ShapesAndTextures.Generate(0, 1)).Should().Throw<ArgumentOutOfRangeException>();

    private const string FrozenHash = "DF062D44DC49F264729721FEF542ED44029F586CC88940101C61DE95501A8346";
}
