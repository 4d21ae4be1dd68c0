using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Persons;

public sealed class JointLayoutTests
{
    [TestCase("left_eye", "right_eye")]
    [TestCase("right eye", "left eye")]
    [TestCase("LeftEye", "RightEye")]
    [TestCase("eyeLeft", "eyeRight")]
    [TestCase("lefteye", "righteye")]
    [TestCase("L_Eye", "R_Eye")]
    [TestCase("R-eye", "L-eye")]
    [TestCase("EYE_LEFT", "EYE_RIGHT")]
    [TestCase("eye.l", "eye.r")]
    [TestCase("LEye", "REye")]
    public void Sides_are_told_by_names(string one, string other)
    {
        var left = one.StartsWith('r') || one.StartsWith('R') ? 2 : 1;
        JointLayout.Named(["tail", one, other, "left_knee"]).Pairs.Should().Equal((left, 3 - left));
    }

    [Test]
    public void Names_of_no_side_are_no_pairs()
    {
        var layout = JointLayout.Named(["l1", "r1", "leftover", "rightover", "all", "arr", "rear", "left", "right"]);
        layout.Pairs.Should().Equal((0, 1), (2, 3), (7, 8));
        layout.UpperBody.Should().BeEmpty("a rear is no ear");
        layout.Limbs.Should().BeEmpty();
    }

    [Test]
    public void Spreads_are_cocos_where_names_are()
    {
        JointLayout.Named(JointLayout.Coco.Names).Sigmas.Should().Equal(JointLayout.Coco.Sigmas);
        JointLayout.Named(JointLayout.Coco.Names).Pairs.Should().Equal(JointLayout.Coco.Pairs);
        JointLayout.Named(JointLayout.Coco.Names).UpperBody.Should().Equal(JointLayout.Coco.UpperBody);
        JointLayout.Named(JointLayout.Mpii.Names).Pairs.Should().BeEquivalentTo(JointLayout.Mpii.Pairs);
        FluentActions.Invoking(() => JointLayout.Named(["a"], [.1, .2])).Should().Throw<ArgumentException>();
    }
}
