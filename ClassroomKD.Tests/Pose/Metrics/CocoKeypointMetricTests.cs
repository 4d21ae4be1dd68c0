using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClassroomKD.Pose;
using FluentAssertions;
using NUnit.Framework;

namespace ClassroomKD.Tests.Pose.Metrics;

public sealed class CocoKeypointMetricTests
{
    [Test]
    public void Per_joint_similarity_falls_for_the_moved_joint_alone()
    {
        var truth = Truth(images: 3, personsPerImage: 2);
        var detections = truth.Annotations.Select(person => Detection(person, score: .9, move: 9)).ToList();

        var result = new CocoKeypointMetric().Evaluate(truth, detections);

        result.PerJointCount.Should().AllBeEquivalentTo(6);
        result.PerJointSimilarity[9].Should().BeInRange(.1, .9);
        result.PerJointSimilarity.Where((_, k) => k != 9).Should().AllBeEquivalentTo(1.0);
    }

    [Test]
    public void Detections_without_a_place_in_the_truth_are_refused()
    {
        var truth = Truth(1, 1);
        var good = Detection(truth.Annotations[0], .5);
        var metric = new CocoKeypointMetric();
        CocoDetection With(long? image = null, double[]? joints = null, KeypointBox? box = null, double score = .5) =>
            new() { ImageId = image ?? 1, Keypoints = joints ?? good.Keypoints, Box = box, Score = score };

        FluentActions.Invoking(() => metric.Evaluate(truth, [good, With(image: 99)]))
            .Should().Throw<ArgumentException>().WithMessage("Detection 1 names image 99*");
        FluentActions.Invoking(() => metric.Evaluate(truth, [With(joints: new double[48])]))
            .Should().Throw<ArgumentException>().WithMessage("Expected 17 joints*detection 0*48*");
        FluentActions.Invoking(() => metric.Evaluate(truth, [With(score: double.NaN)]))
            .Should().Throw<ArgumentException>().WithMessage("Expected a finite score in detection 0*");
        FluentActions.Invoking(() => metric.Evaluate(truth, [With(box: new KeypointBox(0, 0, 1, 1)), good]))
            .Should().Throw<ArgumentException>().WithMessage("Detection 1 has no box*");
    }

    [TestCase(double.NaN, 3)]
    [TestCase(double.PositiveInfinity, 0)]
    [TestCase(double.NegativeInfinity, 50)]
    public void A_position_that_is_none_is_no_match(double position, int at)
    {
        var truth = Truth(1, 1);
        var joints = Detection(truth.Annotations[0], 1).Keypoints.ToArray();
        joints[Math.Min(at, 49)] = position;
        FluentActions.Invoking(
            () => new CocoKeypointMetric().Evaluate(truth, [new CocoDetection { ImageId = 1, Keypoints = joints, Score = .5 }]))
            .Should().Throw<ArgumentException>().WithMessage($"Expected finite positions in detection 0*for joint {Math.Min(at, 49) / 3}*");
        if (at == 3)
            FluentActions.Invoking(() => new ObjectKeypointSimilarity(JointLayout.Coco.Sigmas).Compute(truth.Annotations[0], joints))
                .Should().Throw<ArgumentException>().WithMessage("*NaN*joint 1*");
    }

    [Test]
    public void Notes_say_what_figures_do_not_show()
    {
        var truth = Truth(images: 2, personsPerImage: 3);
        var found = truth.Annotations.Select(person => Detection(person, .5)).ToList();
        var clean = new CocoKeypointMetric().Evaluate(truth, found);
        (clean.Notes.Count, clean.Boxes, clean.MaxDetections, clean.CategoryId, clean.AP).Should().Be((0, PersonBoxes.Unknown, 20, 1, 1));

        CocoAnnotation[] persons = [.. truth.Annotations.Select((person, i) => new CocoAnnotation
        {
            Id = i, ImageId = person.ImageId, CategoryId = 1, Box = person.Box, Keypoints = person.Keypoints, IsCrowd = false,
            LabeledJoints = 17, Area = i switch { 1 or 2 => 1, 3 => 1e300, _ => person.Area },
        })];
        found.Add(new CocoDetection { ImageId = 1, CategoryId = 7, Keypoints = new double[51], Score = 1 });
        var result = new CocoKeypointMetric(maxDetections: 2).Evaluate(CocoKeypoints.Of(truth.Images, persons), found);
        result.Notes.Should().HaveCount(5);
        result.Notes[0].Should().StartWith("Annotation 0:");
        result.Notes[1].Should().StartWith("Persons with an area below 1 % of their box's: 2 of 6, the first is annotation 1.");
        result.Notes[2].Should().StartWith("Persons with an area below 0 or above 10^10: 1 of 6, the first is annotation 3.");
        result.Notes[3].Should().StartWith("Images with more than 2 detections: 2.");
        result.Notes[4].Should().StartWith("Detections of other categories than 1: 1 of 7.");
        result.ToString().Split('\n').Should().HaveCount(6);
        result.ToString().Should().StartWith(string.Create(CultureInfo.InvariantCulture, $"AP {result.AP:F3}, AP50 {result.AP50:F3}, "));
        new CocoKeypointMetric(categoryId: 9).Evaluate(truth, []).Notes.Single()
            .Should().Be("No person of category 9 counts, so that there is nothing to find; there are annotations: 6 of category 1.");
    }

    [Test]
    public void Spreads_that_do_not_fit_are_refused()
    {
        FluentActions.Invoking(() => new CocoKeypointMetric([.1]).Evaluate(Truth(1, 1), []))
            .Should().Throw<ArgumentException>().WithMessage("Expected spreads of the annotations' 17 joints, found 1.");
        FluentActions.Invoking(() => new CocoKeypointMetric(maxDetections: 0)).Should().Throw<ArgumentException>();
    }

    [Test]
    public void No_detections_recall_nothing()
    {
        var result = new CocoKeypointMetric().Evaluate(Truth(2, 2), []);

        (result.AP, result.AR, result.Persons(CocoAreaRange.All)).Should().Be((0, 0, 4));
    }

    [Test]
    public void Spreads_that_are_given_are_used()
    {
        var truth = Truth(1, 1);
        CocoDetection[] moved = [Detection(truth.Annotations[0], .9, move: 9)];
        new CocoKeypointMetric().Evaluate(truth, moved).AP.Should().BeGreaterThan(.5);
        var strict = new CocoKeypointMetric([.. Enumerable.Repeat(1e-3, 17)]).Evaluate(truth, moved);
        strict.PerJointSimilarity[9].Should().BeLessThan(1e-9);
    }

    [Test]
    public void Detections_of_other_categories_are_passed_over()
    {
        var truth = Truth(1, 1);
        CocoDetection[] others = [.. Enumerable.Range(0, 3).Select(_ => new CocoDetection
        {
            ImageId = 1, CategoryId = 7, Keypoints = new double[51], Score = 1,
        })];
        new CocoKeypointMetric().Evaluate(truth, [.. others, Detection(truth.Annotations[0], .5)]).AP.Should().BeApproximately(1, 1e-9);
    }

    [Test]
    public void Persons_of_every_size_count_for_the_joints_and_where_there_are_none_there_is_no_curve()
    {
        var truth = Truth(1, 1);
        var person = truth.Annotations[0];
        var small = CocoKeypoints.Of(truth.Images, [new CocoAnnotation
        {
            Id = 1, ImageId = 1, CategoryId = 1, Box = person.Box, Keypoints = person.Keypoints, IsCrowd = false, LabeledJoints = 17,
            Area = 500,
        }]);
        var result = new CocoKeypointMetric().Evaluate(small, [Detection(person, .5)]);
        result.PerJointCount.Should().AllBeEquivalentTo(1);
        (result.Persons(CocoAreaRange.Medium), result.Persons(CocoAreaRange.All)).Should().Be((0, 1));
        result.ScoresAt(CocoAreaRange.Medium, 0).Should().BeEmpty();
        result.PrecisionAt(CocoAreaRange.Medium, 0).Should().BeEmpty();
    }

    [Test]
    public void A_joint_that_is_not_labeled_has_no_part_in_its_mean_and_what_lies_on_a_bound_needs_no_note()
    {
        var truth = Truth(1, 2);
        CocoAnnotation Changed(int at, double area, double[]? keypoints = null) => new()
        {
            Id = at + 1, ImageId = 1, CategoryId = 1, Box = truth.Annotations[at].Box, Area = area, IsCrowd = false, LabeledJoints = 17,
            Keypoints = keypoints ?? truth.Annotations[at].Keypoints,
        };
        double[] hidden = [.. truth.Annotations[0].Keypoints];
        hidden[3 * 4 + 2] = 0;
        // A hundredth of the box, 120 x 80, and the largest area.
        var persons = CocoKeypoints.Of(truth.Images, [Changed(0, 96, hidden), Changed(1, CocoAnnotation.LargestArea)]);
        var result = new CocoKeypointMetric(maxDetections: 2)
            .Evaluate(persons, [.. truth.Annotations.Select(person => Detection(person, .5))]);
        result.PerJointCount[4].Should().Be(1);
        result.PerJointCount[5].Should().Be(2);
        result.PerJointSimilarity.Should().OnlyContain(mean => mean > .99);
        result.Notes.Should().BeEmpty();
    }

    // pycocotools needs about 5 s for this; the bound leaves room for a busy machine.
    [Test]
    public void Five_thousand_persons_and_ten_thousand_detections_take_less_than_two_seconds()
    {
        var truth = Truth(images: 1250, personsPerImage: 4);
        var detections = truth.Annotations
            .SelectMany((person, i) => new[] { Detection(person, i % 97 / 97.0), Detection(person, i % 89 / 89.0, move: 3) }).ToList();

        var watch = Stopwatch.StartNew();
        var result = new CocoKeypointMetric().Evaluate(truth, detections);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2));
        result.AR.Should().Be(1);
        TestContext.Out.WriteLine(watch.Elapsed);
    }

    private static CocoKeypoints Truth(int images, int personsPerImage)
    {
        var json = new StringBuilder("""{"images":[""");
        json.AppendJoin(',', Enumerable.Range(1, images).Select(i => $$"""{"id":{{i}}}""")).Append("""],"annotations":[""");
        json.AppendJoin(
            ',', Enumerable.Range(0, images * personsPerImage).Select(i => Person(i + 1, i / personsPerImage + 1, i % personsPerImage)));
        return CocoKeypoints.Parse(Encoding.UTF8.GetBytes(json.Append("]}").ToString()));
    }

    private static string Person(int id, int image, int place)
    {
        var joints = Enumerable.Range(0, 17).Select(k => $"{200 * place + 7 * k},{50 + 13 * (k % 5)},2");
        return string.Create(CultureInfo.InvariantCulture,
            $$"""
            {"id":{{id}},"image_id":{{image}},"category_id":1,"iscrowd":0,"area":8000,"num_keypoints":17,"bbox":[{{200 * place}},50,120,80],
             "keypoints":[{{string.Join(',', joints)}}]}
            """);
    }

    private static CocoDetection Detection(CocoAnnotation person, double score, int? move = null)
    {
        var joints = person.Keypoints.ToArray();
        if (move is { } joint)
            joints[3 * joint] += 12;
        return new CocoDetection { ImageId = person.ImageId, Keypoints = joints, Score = score };
    }
}
