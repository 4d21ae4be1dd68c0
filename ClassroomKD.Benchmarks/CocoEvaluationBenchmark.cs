using System.Text.Json;
using BenchmarkDotNet.Attributes;
using ClassroomKD.Pose;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// How long does the COCO keypoint metric take for 5,000 persons with 10,000 detections? The files that it reads stay in the folder that
/// it prints, so that pycocotools can be timed on them and its figures compared.
/// </summary>
[MemoryDiagnoser, MinColumn]
public class CocoEvaluationBenchmark
{
    private const int Images = 2000;
    private const int Persons = 5000;
    private const int Detections = 10_000;

    private string truthFile = "";
    private string detectionsFile = "";
    private CocoKeypoints truth = null!;
    private IReadOnlyList<CocoDetection> detections = null!;

    [GlobalSetup]
    public void Write()
    {
        var folder = Directory.CreateDirectory(Path.Combine("BenchmarkDotNet.Artifacts", "coco")).FullName;
        truthFile = Path.Combine(folder, "truth.json");
        detectionsFile = Path.Combine(folder, "detections.json");
        var random = new Random(1);
        var persons = Enumerable.Range(0, Persons).Select(i => Person(i, random)).ToList();
        File.WriteAllText(truthFile, JsonSerializer.Serialize(new
        {
            images = Enumerable.Range(1, Images).Select(id => new { id, file_name = $"{id}.jpg", width = 640, height = 480 }),
            annotations = persons,
            categories = new[] { new { id = 1, name = "person" } },
        }));
        var found = Enumerable.Range(0, Detections).Select(i => Found(persons[i % Persons], random));
        File.WriteAllText(detectionsFile, JsonSerializer.Serialize(found));
        (truth, detections) = (CocoKeypoints.Load(truthFile), CocoDetections.Load(detectionsFile));
        Console.WriteLine($"// {folder}: AP {Evaluate().AP:R}, AR {Evaluate().AR:R}");
    }

    [Benchmark(Baseline = true)]
    public CocoKeypointResult Evaluate() => new CocoKeypointMetric().Evaluate(truth, detections);

    [Benchmark]
    public CocoKeypointResult LoadAndEvaluate() =>
        new CocoKeypointMetric().Evaluate(CocoKeypoints.Load(truthFile), CocoDetections.Load(detectionsFile));

    private static Annotation Person(int index, Random random)
    {
        var (width, height) = (random.Next(20, 200), random.Next(40, 400));
        var (x, y) = (random.Next(640 - width), random.Next(480 - height));
        var joints = new double[51];
        for (var k = 0; k < 51; k += 3)
        {
            var labelled = random.NextDouble() < .7;
            (joints[k], joints[k + 1], joints[k + 2]) = labelled ? (x + random.Next(width), y + random.Next(height), 2) : (0, 0, 0);
        }
        var count = joints.Where((_, i) => i % 3 == 2).Count(v => v > 0);
        return new(index + 1, 1 + (index % Images), 1, [x, y, width, height], .53 * width * height, index % 50 == 0 ? 1 : 0, count, joints);
    }

    // The persons again, each joint off by up to a fifth of the box.
    private static Detection Found(Annotation person, Random random)
    {
        var error = .2 * random.NextDouble();
        var joints = new double[51];
        for (var k = 0; k < 51; k += 3)
        {
            joints[k] = Math.Round(person.keypoints[k] + (error * person.bbox[2] * random.NextDouble()), 2);
            joints[k + 1] = Math.Round(person.keypoints[k + 1] + (error * person.bbox[3] * random.NextDouble()), 2);
            joints[k + 2] = 1;
        }
        return new(person.image_id, 1, joints, Math.Round(random.NextDouble(), 4));
    }

#pragma warning disable IDE1006, SA1300 // the file's names
    private sealed record Annotation(
        int id, int image_id, int category_id, int[] bbox, double area, int iscrowd, int num_keypoints, double[] keypoints);

    private sealed record Detection(int image_id, int category_id, double[] keypoints, double score);
#pragma warning restore IDE1006, SA1300
}
