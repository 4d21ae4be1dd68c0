using System.Text;
using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Imaging.Images;
using SkiaSharp;
using static ClassroomKD.Tests.Pose.Persons.PersonCase;

namespace ClassroomKD.Tests.Pose.Persons;

public sealed class PersonFilesTests
{
    private const string MpiiPerson =
        """{"image":"1.jpg","center":[20,10],"scale":0.1,"joints":[#],"joints_vis":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,0]}""";

    [Test]
    public void Coco_keeps_whom_its_rule_keeps_and_counts_the_others()
    {
        using var folder = new TemporaryFolder();
        var data = CocoPersons.Open(
            CocoFolder(folder, Annotation(1, box: "30,-4,20,12"), Annotation(2, crowd: 1), Annotation(3, area: 0), Annotation(4, v: 0)),
            "part");
        var person = data.Persons.Should().ContainSingle().Subject;
        // HRNet's clipping: 30..39 and 0..11.
        (person.Id, person.Box, person.ImageWidth).Should().Be((1, new KeypointBox(30, 0, 9, 11), 40));
        data.LeftOut
            .Should().BeEquivalentTo(
                new Dictionary<PersonDefect, int> { [PersonDefect.Crowd] = 1, [PersonDefect.NoArea] = 1, [PersonDefect.NoJoint] = 1 });
        data.Annotations!.Annotations.Should().HaveCount(4);
    }

    [Test]
    public void A_folder_may_end_with_its_separator()
    {
        using var folder = new TemporaryFolder();
        CocoFolder(folder, Annotation(1));
        CocoPersons.Load(Path.Combine(folder.Root, "annotations", "person_keypoints_part.json"), Path.Combine(folder.Root, "part") + "/")
            .Persons.Should().ContainSingle();
    }

    [TestCase("40,3,5,5", 1, PersonDefect.OutsideImage, "the box (40, 3, 5, 5) lies outside the 40 x 24 pixels of '1.jpg'")]
    [TestCase("-9,3,5,5", 1, PersonDefect.OutsideImage, "the box (-9, 3, 5, 5) lies outside the 40 x 24 pixels of '1.jpg'")]
    [TestCase("4,3,0,0", 1, PersonDefect.NoExtent, "the box (4, 3, 0, 0) has no extent")]
    [TestCase("4,3,-5,9", 1, PersonDefect.NoExtent, "the box (4, 3, -5, 9) has no extent")]
    [TestCase("4,3,5,5", 3, PersonDefect.NoImage, "its image 3, '3.jpg', is not in the folder")]
    [TestCase("4,3,5,5", 4, PersonDefect.NoImage, "its image 4, '../outside.jpg', is not in the folder")]
    public void What_a_coco_file_is_wrong_about_is_thrown_or_counted(string box, int image, PersonDefect defect, string why)
    {
        using var folder = new TemporaryFolder();
        CocoFolder(folder, Annotation(1), Annotation(12, image, box));
        FluentActions.Invoking(() => CocoPersons.Open(folder.Root, "part"))
            .Should().Throw<InvalidDataException>().WithMessage($"*person_keypoints_part.json: annotation 12: {why}.");
        var data = CocoPersons.Open(folder.Root, "part", BrokenSamples.Skip);
        data.Persons.Should().ContainSingle();
        data.LeftOut.Should().BeEquivalentTo(new Dictionary<PersonDefect, int> { [defect] = 1 });
    }

    [Test]
    public void Coco_without_anybody_or_with_other_joints_or_without_a_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        CocoFolder(folder, Annotation(1, crowd: 1));
        FluentActions.Invoking(() => CocoPersons.Open(folder.Root, "part"))
            .Should().Throw<InvalidDataException>().WithMessage("*found none (Crowd: 1).");
        FluentActions.Invoking(() => CocoPersons.Open(folder.Root, "other"))
            .Should().Throw<DirectoryNotFoundException>().WithMessage("*other*");
        CocoFolder(folder, Annotation(1), Annotation(5, joints: 16));
        FluentActions.Invoking(() => CocoPersons.Open(folder.Root, "part"))
            .Should().Throw<InvalidDataException>().WithMessage("*annotation 5: expected 17 joints*48 numbers.");
    }

    [Test]
    public void Mpii_counts_from_one()
    {
        using var folder = new TemporaryFolder();
        var data = MpiiPersons.Load(Mpii(folder, MpiiPerson), Path.Combine(folder.Root, "images"));
        var person = data.Persons.Should().ContainSingle().Subject;
        // Center (20, 10 + 1.5) - 1, side 200 x .1.
        person.Box.Should().Be(new KeypointBox(9, .5, 20, 20));
        PersonCrop.FromBox(person.Box, 1).Should().Be(PersonCrop.FromMpii(20, 10, .1));
        person.Area.Should().BeApproximately(.53 * 400, 1e-9);
        person.Keypoints.Take(6).Should().Equal(11, 6, 1, 12, 6, 1);
        person.Keypoints.Skip(45).Should().Equal(0, 0, 0);
    }

    [TestCase("[{", "not valid JSON")]
    [TestCase("{}", "expected a list of persons, found StartObject")]
    [TestCase("[3]", "person 0*expected an object, found Number")]
    [TestCase("""[{"center":[1,2],"image":"1.jpg"}]""", "person 0*'scale' is missing")]
    [TestCase("""[{"center":[1]}]""", "person 0*'center' must hold 2 numbers, found 1")]
    [TestCase("""[{"center":[1,"a"]}]""", "person 0*'center' must be a finite number, found String")]
    [TestCase("""[{"center":[1,2],"scale":1,"image":7}]""", "person 0*'image' must be text")]
    [TestCase(
        """[{"center":[1,2],"scale":1,"image":"1.jpg","joints":[[1,2]],"joints_vis":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]""",
        "person 0*'joints' must hold 16 positions, found 1")]
    public void Bad_mpii_json_names_file_person_and_field(string json, string message)
    {
        using var folder = new TemporaryFolder();
        var path = Mpii(folder);
        File.WriteAllText(path, json);
        FluentActions.Invoking(() => MpiiPersons.Load(path, Path.Combine(folder.Root, "images")))
            .Should().Throw<InvalidDataException>().WithMessage($"*valid.json: *{message}*");
    }

    [Test]
    public void What_an_mpii_file_is_wrong_about_is_thrown_or_counted()
    {
        using var folder = new TemporaryFolder();
        var images = Path.Combine(folder.Root, "images");
        var path = Mpii(
            folder, MpiiPerson, MpiiPerson.Replace("0.1", "-1"), MpiiPerson.Replace("1.jpg", "2.jpg"),
            MpiiPerson.Replace("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,0]", "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"));
        FluentActions.Invoking(() => MpiiPersons.Load(path, images))
            .Should().Throw<InvalidDataException>().WithMessage("*annotation 1: its scale must be above 0, found -1.");
        var data = MpiiPersons.Load(path, images, BrokenSamples.Skip);
        data.Persons.Should().ContainSingle();
        data.LeftOut
            .Should().BeEquivalentTo(
                new Dictionary<PersonDefect, int> { [PersonDefect.NoExtent] = 1, [PersonDefect.NoImage] = 1, [PersonDefect.NoJoint] = 1 });
        MpiiPersons.Load(path, images, BrokenSamples.Skip, keepUnlabeled: true).Persons.Select(p => p.Id).Should().Equal(0, 3);
    }

    private static string Mpii(TemporaryFolder folder, params string[] persons)
    {
        folder.Write("images/1.jpg", TestImages.Encoded(SKEncodedImageFormat.Jpeg));
        var joints = string.Join(',', Enumerable.Range(0, 16).Select(k => k == 15 ? "[-1,-1]" : $"[{12 + k},7]"));
        return folder.Write("annot/valid.json", Encoding.UTF8.GetBytes($"[{string.Join(',', persons).Replace("#", joints)}]"));
    }
}
