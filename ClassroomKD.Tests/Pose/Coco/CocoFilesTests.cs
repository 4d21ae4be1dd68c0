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
    [TestCase("""{"images":[],"annotations":[{"num_keypoints":4294967296}]}""", "'num_keypoints' must be from 0 to*found 4294967296")]
    [TestCase("""{"images":[],"annotations":[{"num_keypoints":-1}]}""", "'num_keypoints' must be from 0 to*found -1")]
    [TestCase("""{"images":[{"id":1,"width":99999999999}],"annotations":[]}""", "image 0*'width' must be from 0 to*found 99999999999")]
    [TestCase("""{"images":[{"id":1,"file_name":"\ud83d.jpg"}],"annotations":[]}""", "image 0*'file_name' holds half of a surrogate pair")]
    [TestCase("""{"categories":[{"id":1,"skeleton":[[1]]}]}""", "category 0*'skeleton' must hold pairs of joints, found [1]")]
    [TestCase("""{"categories":[{"id":1,"keypoints":"nose"}]}""", "category 0*'keypoints' must be a list, found String")]
    [TestCase(
        """{"images":[],"annotations":[],"categories":[{"id":1,"name":"cat","keypoints":["a"],"skeleton":[[1,2]]}]}""",
        "the skeleton of category 1 'cat' connects joints 1 and 2, expected 1 to 1")]
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

    [Test]
    public void What_nobody_reads_may_be_anything_that_is_json()
    {
        var deep = new string('[', 5000) + new string(']', 5000);
        var json = $$"""
            {"info":{{deep}},"\ud800":{"\udc00x":"\ud800"},"images":[{{Image[..^1]}},"rights":{{deep}},"note":"\ud800"}],
             "annotations":[{{Person(3)[..^1]}},"attributes":{{deep}},"\ud800":0}]}
            """;
        CocoKeypoints.Parse(Encoding.UTF8.GetBytes(json)).Annotations.Should().ContainSingle();
        byte[] name = [.. "{\"images\":[],\"annotations\":[],\""u8, 0xFF, .. "\":1}"u8];
        CocoKeypoints.Parse(name).Images.Should().BeEmpty();
        CocoDetections.Parse(Encoding.UTF8.GetBytes($$"""[{"image_id":1,"category_id":1,"score":1,"keypoints":[1,2,3],"x":{{deep}}}]"""))
            .Should().ContainSingle();
    }

    [Test]
    public void A_name_may_be_escaped() =>
        CocoKeypoints.Parse("""{"im\u0061ges":[],"annotations":[]}"""u8).Images.Should().BeEmpty();

    [Test]
    public void Boxes_of_a_detector_are_read()
    {
        var boxes = CocoDetections.ParseBoxes(
            """
            [{"bbox":[1,2,3.5,4],"category_id":1,"image_id":42,"score":0.5},{"image_id":1,"category_id":3,"bbox":[0,0,1,1],"score":1}]
            """u8);
        boxes.Should().Equal(new CocoPersonBox(42, 1, new(1, 2, 3.5, 4), .5), new CocoPersonBox(1, 3, new(0, 0, 1, 1), 1));
        FluentActions.Invoking(() => CocoDetections.ParseBoxes("""[{"bbox":[1,2,3.5,4],"category_id":1,"image_id":42}]"""u8, "boxes.json"))
            .Should().Throw<InvalidDataException>().WithMessage("boxes.json: detection 0*'score' is missing*");
    }

    [Test]
    public void Damaged_files_are_refused_or_read_and_nothing_else()
    {
        var random = new Random(7);
        var category = """{"id":1,"name":"person","keypoints":["left_eye","\u00e9"],"skeleton":[[1,2]]}""";
        byte[][] files =
        [
            Encoding.UTF8.GetBytes($$"""
                {"images":[{{Image}}],"annotations":[{{Person(3, joints: "1,2,2,3,4,1")}}],"categories":[{{category}}]}
                """),
            """[{"bbox":[1,2,3.5,4],"category_id":1,"image_id":42,"score":0.5,"keypoints":[1,2,3],"note":"\u00e9"}]"""u8.ToArray(),
        ];
        Action<byte[]>[] readers =
            [json => CocoKeypoints.Parse(json).JointsOf(), json => CocoDetections.Parse(json), json => CocoDetections.ParseBoxes(json)];
        var (read, refused) = (0, 0);
        for (var i = 0; i < 6000; i++)
        {
            var json = files[i % 3 == 0 ? 0 : 1].ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
                json[random.Next(json.Length)] = "\"\\{}[],:0-9eEud8\xE9"u8 is var odd && random.Next(2) == 0
                    ? odd[random.Next(odd.Length)] : (byte)random.Next(256);
            try
            {
                readers[i % 3](json);
                read++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        (read > 500, refused > 500).Should().Be((true, true), $"{read} were read, {refused} refused");
    }

    private static CocoKeypoints Parse(params string[] persons) =>
        CocoKeypoints.Parse(Encoding.UTF8.GetBytes($$"""{"images":[{{Image}}],"annotations":[{{string.Join(',', persons)}}]}"""));

    private static string Person(int id, int image = 1, int crowd = 0, int area = 50, string box = "5,6,7,8", string? joints = null) =>
        $$"""
        {"id":{{id}},"image_id":{{image}},"category_id":1,"iscrowd":{{crowd}},"area":{{area}},"num_keypoints":17,"bbox":[{{box}}],
         "keypoints":[{{joints ?? JointsText}}],"segmentation":[[1,2,3]]}
        """;
}
