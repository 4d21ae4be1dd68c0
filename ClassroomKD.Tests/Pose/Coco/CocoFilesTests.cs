using System.Text;
using ClassroomKD.Pose;
using FluentAssertions;
using NUnit.Framework;

namespace ClassroomKD.Tests.Pose.Coco;

public sealed class CocoFilesTests
{
    private const string Image = """{"id":1,"file_name":"1.jpg","width":100,"height":80}""";

    private static readonly string JointsText = string.Join(',', Enumerable.Repeat("10,20,2", 17));

    [TestCase("[]", "an object with 'images' and 'annotations'")]
    [TestCase("""{"images":[]}""", "'annotations' is missing")]
    [TestCase("""{"images":[],"annotations":[{"id":7,"image_id":1""", "annotation 0 (id 7)")]
    [TestCase("""{"images":[],"annotations":[]} x""", "not valid JSON")]
    [TestCase("""{"images":[{"id":"a"}],"annotations":[]}""", "image 0*'id' must be an integer, found String")]
    [TestCase(
        """{"images":[],"annotations":[{"id":7,"keypoints":[1,2]}]}""",
        "annotation 0 (id 7)*'keypoints' must hold x, y, v for each joint, found 2 numbers")]
    [TestCase(
        """{"images":[],"annotations":[{"id":7,"bbox":[1,2,3]}]}""",
        "annotation 0 (id 7)*'bbox' must hold x, y, width, height, found 3 numbers")]
    [TestCase("""{"images":[],"annotations":[{"id":7,"area":1e999}]}""", "annotation 0 (id 7)*'area' must be a finite number")]
    [TestCase("""{"images":[],"annotations":[{"id":7,"area":null}]}""", "'area' must be a finite number, found Null")]
    [TestCase("""{"images":[],"annotations":[{"id":7}]}""", "annotation 0 (id 7)*is missing")]
    public void Bad_annotations_name_file_and_place(string json, string message) =>
        FluentActions.Invoking(() => CocoKeypoints.Parse(Encoding.UTF8.GetBytes(json), "gt.json"))
            .Should().Throw<InvalidDataException>().WithMessage($"gt.json*{message}*");

    [TestCase("""{}""", "a list of detections")]
    [TestCase("""[3]""", "detection 0*expected an object, found Number")]
    [TestCase("""[{"image_id":1,"category_id":1,"score":0.5}]""", "detection 0*'keypoints' is missing")]
    [TestCase("""[{"image_id":1.5}]""", "detection 0*'image_id' must be an integer")]
    [TestCase("""[{"score":NaN}]""", "not valid JSON")]
    public void Bad_detections_name_file_and_place(string json, string message) =>
        FluentActions.Invoking(() => CocoDetections.Parse(Encoding.UTF8.GetBytes(json), "dets.json"))
            .Should().Throw<InvalidDataException>().WithMessage($"dets.json*{message}*");

    [Test]
    public void Annotations_must_have_their_own_id_and_an_image_of_the_file()
    {
        FluentActions.Invoking(() => Parse(Person(1), Person(1)))
            .Should().Throw<InvalidDataException>().WithMessage("annotations: two annotations have the id 1.");
        FluentActions.Invoking(() => Parse(Person(5, image: 9)))
            .Should().Throw<InvalidDataException>().WithMessage("annotations: annotation 5 names image 9, which is not among the images.");
    }

    [Test]
    public void Any_truncation_of_a_valid_file_is_reported_as_bad_data()
    {
        var json = Encoding.UTF8.GetBytes($$"""{"images":[{{Image}}],"annotations":[{{Person(3)}}]}""");
        for (var length = 0; length < json.Length; length++)
        {
            FluentActions.Invoking(() => CocoKeypoints.Parse(json.AsSpan(0, length), "cut.json"))
                .Should().Throw<InvalidDataException>().WithMessage("cut.json*");
        }
    }

    private static CocoKeypoints Parse(params string[] persons) =>
        CocoKeypoints.Parse(Encoding.UTF8.GetBytes($$"""{"images":[{{Image}}],"annotations":[{{string.Join(',', persons)}}]}"""));

    private static string Person(int id, int image = 1, int crowd = 0, int area = 50, string box = "5,6,7,8", string? joints = null) =>
        $$"""
        {"id":{{id}},"image_id":{{image}},"category_id":1,"iscrowd":{{crowd}},"area":{{area}},"num_keypoints":17,"bbox":[{{box}}],
         "keypoints":[{{joints ?? JointsText}}],"segmentation":[[1,2,3]]}
        """;
}
