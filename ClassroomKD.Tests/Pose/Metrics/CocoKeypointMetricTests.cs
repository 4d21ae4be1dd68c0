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

    [Test]
    public void No_detections_recall_nothing()
    {
        var result = new CocoKeypointMetric().Evaluate(Truth(2, 2), []);

        (result.AP, result.AR, result.Persons(CocoAreaRange.All)).Should().Be((0, 0, 4));
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
