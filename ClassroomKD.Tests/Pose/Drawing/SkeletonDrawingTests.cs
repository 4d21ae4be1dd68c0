using ClassroomKD.Imaging;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Drawing;

public sealed class SkeletonDrawingTests
{
    private static readonly JointLayout Three = JointLayout.Named(["left", "right", "nose"], limbs: [(0, 1), (1, 2)]);

    [Test]
    public void Joints_and_limbs_have_the_color_of_their_side()
    {
        using var image = Black();
        SkeletonDrawing.Draw(image, [10, 10, 2, 50, 10, 2, 50, 30, 1], Three);
        At(image, 10, 10).Should().Be((40, 160, 255), "left");
        At(image, 50, 10).Should().Be((255, 150, 20), "right");
        At(image, 50, 30).Should().Be((240, 240, 60), "neither");
        At(image, 30, 10).Should().Be((240, 240, 60), "a limb from left to right");
        At(image, 30, 20).Should().Be((0, 0, 0));
        At(image, 10, 20).Should().Be((0, 0, 0), "no limb");
    }

    [Test]
    public void What_is_not_there_is_not_drawn()
    {
        using var image = Black();
        SkeletonDrawing.Draw(image, [10, 10, 2, double.NaN, 10, 2, 50, 30, 0], Three);
        At(image, 10, 10).Should().Be((40, 160, 255));
        image.Pixels.ToArray().Where((value, i) => i % 4 != 3 && value > 0 && i / 4 % 64 > 15).Should().BeEmpty();
        FluentActions.Invoking(() => SkeletonDrawing.Draw(image, [1, 2, 3], Three))
            .Should().Throw<ArgumentException>().WithMessage("Expected 3 joints (x, y, v), found 3 numbers.*");
        FluentActions.Invoking(() => SkeletonDrawing.Draw(image, new double[9], Three, thickness: 0))
            .Should().Throw<ArgumentException>().WithMessage("*thickness*");
    }

    [Test]
    public void A_part_of_an_image_is_drawn_over_by_its_map()
    {
        using var image = Black();
        var crop = CropTransform.Msra(new PersonCrop(100, 100, 32, 20), 64, 40);
        SkeletonDrawing.Draw(image, [100, 100, 1, 0, 0, 0, 0, 0, 0], Three, crop, thickness: 1);
        At(image, 32, 20).Should().Be((40, 160, 255));
        At(image, 40, 20).Should().Be((0, 0, 0));
    }

    [Test]
    public void Several_poses_are_drawn_side_by_side_over_the_persons_crop()
    {
        using var image = Black();
        // A box of 12 x 16 around (32, 20), 1.25 times as large, is a crop of 15 x 20: scale 2 at 30 x 40.
        var person = new PersonSample
        {
            Id = 1, ImageId = 1, File = "a", Box = new KeypointBox(26, 12, 12, 16), Area = 100,
            Keypoints = [32, 20, 2, 36, 20, 2, 32, 25, 0],
        };
        using var row = SkeletonDrawing.SideBySide(
            image, person, [person.Keypoints, null, [32, 25, 1, 100, 100, 1, 32, 20, 1]], Three, width: 30, height: 40);

        (row.Width, row.Height).Should().Be((94, 40));
        (byte, byte, byte) Of(int x, int y) =>
            (row.Pixels[4 * (94 * y + x)], row.Pixels[4 * (94 * y + x) + 1], row.Pixels[4 * (94 * y + x) + 2]);
        Of(15, 20).Should().Be((40, 160, 255), "the left joint in the middle of the first part");
        Of(15, 30).Should().Be((0, 0, 0), "the third joint is not labeled");
        Enumerable.Range(30, 34).Select(x => Of(x, 20)).Should()
            .AllBeEquivalentTo(((byte)0, (byte)0, (byte)0), "the second part is the crop alone");
        Of(64 + 15, 30).Should().Be((40, 160, 255), "the left joint as the other sees it");
        Of(64 + 15, 20).Should().Be((0, 0, 0));
    }

    private static RgbImage Black()
    {
        var image = new RgbImage(64, 40);
        image.Pixels.Clear();
        return image;
    }

    private static (byte, byte, byte) At(RgbImage image, int x, int y) =>
        (image.Pixels[4 * (64 * y + x)], image.Pixels[4 * (64 * y + x) + 1], image.Pixels[4 * (64 * y + x) + 2]);
}
