using System.Text;
using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Imaging.Images;
using SkiaSharp;

namespace ClassroomKD.Tests.Pose.Persons;

/// <summary>Files of COCO's form as people make them for themselves.</summary>
public sealed class OwnCocoFilesTests
{
    private const string FourJoints =
        """{"id":1,"name":"person","keypoints":["left_eye","right_eye","tail","L_Paw"],"skeleton":[[1,2],[3,4]]}""";

    [Test]
    public void Joints_have_the_names_and_the_skeleton_of_the_file()
    {
        using var folder = new Files(Animal(1, joints: 4)) { Categories = FourJoints };
        var joints = folder.Load().Joints;
        joints.Names.Should().Equal("left_eye", "right_eye", "tail", "L_Paw");
        joints.Pairs.Should().Equal((0, 1));
        joints.Limbs.Should().Equal((0, 1), (2, 3));
        joints.UpperBody.Should().Equal(0, 1);
        // COCO's eyes; the mean of its 17 for others.
        joints.Sigmas.Should().Equal([.025, .025, 1.138 / 17, 1.138 / 17], (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [TestCase("", "")]
    [TestCase("""{"id":1,"name":"person"}""", "")]
    [TestCase("""{"id":1,"name":"person","keypoints":["a","b"]}""", "category 1 'person' names 2 joints, but its annotations have 4.")]
    public void Joints_without_names_are_counted(string category, string error)
    {
        using var folder = new Files(Animal(1, joints: 4), Animal(2, joints: 4)) { Categories = category };
        if (error.Length > 0)
        {
            folder.Invoking(f => f.Load()).Should().Throw<InvalidDataException>().WithMessage($"*{error}");
            return;
        }
        var data = folder.Load();
        data.Joints.Count.Should().Be(4);
        var perfect = data.Persons.Select((person, i) => new PosePrediction(i, person.Keypoints, 1)).ToArray();
        var result = PoseEvaluation.Coco(data, perfect);
        result.AP.Should().BeApproximately(1, 1e-9);
        result.Notes.Should().Equal("Joints with the mean of COCO's spreads, for want of their own: 4 of 4.");
        new CocoKeypointMetric().Evaluate(data.Annotations!, PoseEvaluation.ToCoco(data, perfect)).Notes.Should().Equal(result.Notes);
        FluentActions.Invoking(() => new PoseLoader(data, new() { BatchSize = 1, Augmentation = new() }))
            .Should().Throw<ArgumentException>().WithMessage("Expected names of the 4 joints for MirrorProbability*");
        new PoseLoader(data, new() { BatchSize = 2, Augmentation = new() { MirrorProbability = 0 } }).Epoch(0)
            .Sum(batch => batch.Persons.Count).Should().Be(2);
        FluentActions.Invoking(() => PosePredictor.Predict(new PoseLoader(data, new() { BatchSize = 1 }), _ => null!, flipTest: true))
            .Should().Throw<ArgumentException>().WithMessage("*a flip test*");
        var stated = JointLayout.Named(["left a", "right a", "b", "c"], [.1, .1, .1, .1]);
        folder.Load(new() { Joints = stated }).Joints.Should().BeSameAs(stated);
        folder.Invoking(f => f.Load(new() { Joints = JointLayout.Coco }))
            .Should().Throw<ArgumentException>().WithMessage("Expected a layout of 4 joints*found 17*");
    }

    [TestCase("1", "2", "3", "4")]
    [TestCase("lsho", "rsho", "lhip", "rhip")]
    [TestCase("oben", "unten", "vorn", "hinten")]
    public void Joints_whose_names_do_not_tell_left_from_right_are_not_mirrored(params string[] names)
    {
        using var folder = new Files(Animal(1, joints: 4))
        {
            Categories = $$"""{"id":1,"name":"person","keypoints":[{{string.Join(',', names.Select(name => $"\"{name}\""))}}]}""",
        };
        FluentActions.Invoking(() => new PoseLoader(folder.Load(), new() { BatchSize = 1, Augmentation = new() }))
            .Should().Throw<ArgumentException>().WithMessage($"Expected names of the 4 joints*Found '{names[0]}', '{names[1]}'*pairs*");
        // Whoever knows that no joint has a counterpart says so.
        var stated = new JointLayout(names, [.1, .1, .1, .1], pairs: [], upperBody: [], limbs: []);
        new PoseLoader(folder.Load(new() { Joints = stated }), new() { BatchSize = 1, Augmentation = new() }).Epoch(0)
            .Sum(batch => batch.Persons.Count).Should().Be(1);
    }

    [Test]
    public void Seventeen_joints_have_cocos_spreads_whatever_their_names()
    {
        var names = string.Join(',', Enumerable.Range(0, 17).Select(k => $"\"paw {k}\""));
        using var folder = new Files(Animal(1)) { Categories = $$"""{"id":1,"name":"person","keypoints":[{{names}}]}""" };
        var data = folder.Load();
        data.Joints.Names[3].Should().Be("paw 3");
        data.Joints.Sigmas.Should().Equal(JointLayout.Coco.Sigmas);
        PoseEvaluation.Coco(data, [new PosePrediction(0, data.Persons[0].Keypoints, 1)]).Notes
            .Should().Equal("The joints have not COCO's names; their spreads are COCO's, as in the COCO API.");
    }

    [TestCase("0", """{"id":0,"name":"Person"}""", null)]
    [TestCase("5", """{"id":5,"name":"mouse"},{"id":6,"name":"cup"}""", null)]
    [TestCase("5", "", null)]
    [TestCase("5,5,1", "", null)]
    [TestCase("5,7", """{"id":5,"name":"mouse"},{"id":7,"name":"dog"}""",
        "called 'person', or to be told its number; found annotations: 1 of category 5 'mouse', 1 of category 7 'dog'.")]
    [TestCase("0,0", """{"id":1,"name":"person"}""",
        "expected a person to learn from, found none of category 1 'person' but annotations: 2 of category 0.")]
    public void The_category_is_the_person_or_the_only_one(string categories, string described, string? error)
    {
        var numbers = categories.Split(',').Select(int.Parse).ToArray();
        using var folder = new Files([.. numbers.Select((category, i) => Animal(i + 1, category))]) { Categories = described };
        if (error is not null)
        {
            folder.Invoking(f => f.Load()).Should().Throw<InvalidDataException>().WithMessage($"*{error}");
            folder.Load(new() { Category = numbers[0] }).Persons[0].CategoryId.Should().Be(numbers[0]);
            return;
        }
        var data = folder.Load();
        data.Persons.Should().ContainSingle().Which.CategoryId.Should().Be(numbers[^1]);
        PoseEvaluation.Coco(data, [new PosePrediction(0, data.Persons[0].Keypoints, 1)]).AP.Should().BeApproximately(1, 1e-9);
    }

    [Test]
    public void Objects_without_keypoints_are_passed_over_and_persons_without_have_none_labeled()
    {
        using var folder = new Files(
            Animal(1), """{"id":2,"image_id":1,"category_id":18}""",
            """{"id":3,"image_id":1,"category_id":1,"bbox":[0,0,9,9],"area":9}""",
            """{"id":4,"image_id":1,"category_id":1,"bbox":[0,0,9,9],"area":9,"keypoints":null}""");
        var data = folder.Load();
        data.Persons.Should().ContainSingle();
        data.LeftOut.Should().BeEquivalentTo(new Dictionary<PersonDefect, int> { [PersonDefect.NoJoint] = 2 });
        data.Annotations!.PassedOver.Should().BeEquivalentTo(new Dictionary<long, int> { [18] = 1 });
        data.Annotations.Annotations.Select(person => person.LabeledJoints).Should().Equal(17, 0, 0);
    }

    [Test]
    public void Areas_come_from_the_boxes_on_request()
    {
        using var folder = new Files(Animal(1, area: null));
        folder.Invoking(f => f.Load()).Should().Throw<InvalidDataException>()
            .WithMessage("*annotation 0 (id 1)*'area' is missing*CocoPersonsOptions.AreaFromBox*");
        folder.Load(new() { AreaFromBox = true }).Persons[0].Area.Should().BeApproximately(.53 * 20 * 12, 1e-9);
        using var wrong = new Files(Animal(1, area: "1"));
        wrong.Load(new() { AreaFromBox = true }).Annotations!.Annotations[0].Area.Should().BeApproximately(.53 * 20 * 12, 1e-9);
        using var huge = new Files(Animal(1), Animal(2, area: "1e300"));
        huge.Invoking(f => f.Load()).Should().Throw<InvalidDataException>().WithMessage("*annotation 2: expected an area up to 1e+010*");
        huge.Load(broken: BrokenSamples.Skip).LeftOut
            .Should().BeEquivalentTo(new Dictionary<PersonDefect, int> { [PersonDefect.AreaTooLarge] = 1 });
    }

    [TestCase("sub\\\\1.jpg", true)]
    [TestCase("sub/1.jpg", true)]
    [TestCase("..\\\\outside.jpg", false)]
    [TestCase("C:\\\\data\\\\sub\\\\1.jpg", false)]
    [TestCase("1\\u0000.jpg", false)]
    public void Separators_of_Windows_are_understood(string name, bool found)
    {
        using var folder = new Files(Animal(1)) { Name = name };
        if (found)
            folder.Load().Persons.Should().ContainSingle();
        else
            folder.Invoking(f => f.Load()).Should().Throw<InvalidDataException>().WithMessage("*is not in the folder.");
    }

    [Test]
    public void A_photograph_that_EXIF_turns_is_read_upright_on_request()
    {
        using var folder = new Files(Animal(1)) { Width = 24, Height = 40, Orientation = 6 };
        folder.Load().Invoking(data => data.ReadImage(0)).Should().Throw<ImageException>()
            .WithMessage("*annotation 1 was made on 24 x 40 pixels, the image has 40 x 24.*CocoPersonsOptions.ApplyOrientation.");
        using var image = folder.Load(new() { ApplyOrientation = true }).ReadImage(0);
        (image.Width, image.Height).Should().Be((24, 40));
        using var stored = new Files(Animal(1)) { Orientation = 6 };
        stored.Load(new() { ApplyOrientation = true }).Invoking(data => data.ReadImage(0)).Should().Throw<ImageException>()
            .WithMessage("*CocoPersonsOptions.ApplyOrientation.");
    }

    [Test]
    public void Detected_boxes_are_samples_and_annotations_the_truth()
    {
        using var folder = new Files(Animal(1), Animal(2));
        CocoPersonBox[] boxes =
        [
            new(1, 1, new(-3, 2, 20, 30), .9), new(1, 44, new(0, 0, 9, 9), .9), new(1, 1, new(0, 0, 9, 9), .04),
            new(8, 1, new(0, 0, 9, 9), .9), new(1, 1, new(0, 0, 0, 0), .9),
        ];
        var options = new CocoPersonsOptions { Detections = boxes, LeastScore = .05 };
        folder.Invoking(f => f.Load(options)).Should().Throw<InvalidDataException>()
            .WithMessage("*detection 3: its image 8 is not among the images of the annotations.");
        var data = folder.Load(options, BrokenSamples.Skip);
        var person = data.Persons.Should().ContainSingle().Subject;
        // HRNet does not clip what a detector found.
        (person.Id, person.Box, person.BoxScore, person.ImageId).Should().Be((0, new KeypointBox(-3, 2, 20, 30), .9, 1));
        data.LeftOut.Should().BeEquivalentTo(
            new Dictionary<PersonDefect, int> { [PersonDefect.LowScore] = 1, [PersonDefect.NoImage] = 1, [PersonDefect.NoExtent] = 1 });
        var result = PoseEvaluation.Coco(data, [new PosePrediction(0, data.Annotations!.Annotations[0].Keypoints, 1)]);
        result.Boxes.Should().Be(PersonBoxes.Detected);
        result.Persons(CocoAreaRange.All).Should().Be(2);
        result.Notes.Should().ContainSingle().Which.Should().Contain("OKS-NMS");
        result.ToString().Should().Contain("on detected boxes");
        FluentActions.Invoking(() => folder.Load(options with { LeastScore = double.NaN }))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*LeastScore*");
    }

    [Test]
    public void Joints_at_no_place_are_refused()
    {
        var person = PersonCase.Some(1).Persons[0];
        var nowhere = person with { Keypoints = [double.NaN, .. person.Keypoints.Skip(1)] };
        FluentActions.Invoking(() => new PersonDataset([nowhere], JointLayout.Coco))
            .Should().Throw<ArgumentException>().WithMessage("*expected labeled joints at finite positions, found joint 0 elsewhere.");
        FluentActions.Invoking(() => new PersonDataset([person with { Area = 1e300 }], JointLayout.Coco))
            .Should().Throw<ArgumentException>().WithMessage("*expected an area above 0 and up to*1E+300.");
        CocoAnnotation Annotation(double x, double area) => new()
        {
            Id = 4, ImageId = 1, CategoryId = 1, Box = new(0, 0, 9, 9), Area = area, IsCrowd = false, LabeledJoints = 1,
            Keypoints = [x, 2, 2],
        };
        FluentActions.Invoking(() => CocoKeypoints.Of([new(1, "", 0, 0)], [Annotation(double.NaN, 1)]))
            .Should().Throw<InvalidDataException>().WithMessage("annotations: annotation 4: joint 0 is labeled at (NaN, 2), v = 2.");
        FluentActions.Invoking(() => CocoKeypoints.Of([new(1, "", 0, 0)], [Annotation(1, double.NaN)]))
            .Should().Throw<InvalidDataException>().WithMessage("annotations: annotation 4: expected a finite area, found NaN.");
    }

    private static string Animal(int id, int category = 1, int joints = 17, string? area = "100") =>
        $$"""
        {"id":{{id}},"image_id":1,"category_id":{{category}},"bbox":[2,4,20,12],{{(area is null ? "" : $"\"area\":{area},")}}
         "keypoints":[{{string.Join(',', Enumerable.Range(0, joints).Select(k => $"{3 + k % 7},{5 + k},2"))}}]}
        """;

    /// <summary>One image and annotations of it.</summary>
    private sealed class Files(params string[] annotations) : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public string Categories { get; init; } = """{"id":1,"name":"person"}""";

        public string Name { get; init; } = "1.jpg";

        public int Width { get; init; } = 40;

        public int Height { get; init; } = 24;

        public int Orientation { get; init; } = 1;

        public PersonDataset Load(CocoPersonsOptions? options = null, BrokenSamples broken = BrokenSamples.Throw)
        {
            var photograph = ImageDecoderTests.WithOrientation(TestImages.Encoded(SKEncodedImageFormat.Jpeg), Orientation);
            foreach (var name in new[] { "images/1.jpg", "images/sub/1.jpg", "outside.jpg" })
                folder.Write(name, photograph);
            var json = folder.Write("persons.json", Encoding.UTF8.GetBytes(
                $$"""
                {"images":[{"id":1,"file_name":"{{Name}}","width":{{Width}},"height":{{Height}}}],
                 "annotations":[{{string.Join(',', annotations)}}],"categories":[{{Categories}}]}
                """));
            return CocoPersons.Load(json, Path.Combine(folder.Root, "images"), broken, options);
        }

        public void Dispose() => folder.Dispose();
    }
}
