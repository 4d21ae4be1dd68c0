using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Golden;
using ClassroomKD.Tests.Pose.Persons;
using ClassroomKD.Tests.Pose.Tasks;

namespace ClassroomKD.Tests.Fuzzing;

internal static partial class Readers
{
    private static IEnumerable<Reader> Poses =>
    [
        new("COCO's annotations", "annotations/person_keypoints_part.json", Annotations, ReadAnnotations, typeof(InvalidDataException))
        {
            Types = [typeof(CocoKeypoints), typeof(AnnotationJsonReader)],
        },
        new("COCO's results", "results.json", _ => [Detections], path => CocoDetections.Load(path), typeof(InvalidDataException))
        {
            Types = [typeof(CocoDetections)],
        },
        new("boxes of a detector", "boxes.json", _ => [Boxes], path => CocoDetections.LoadBoxes(path), typeof(InvalidDataException)),
        new("MPII's annotations", "valid.json", MpiiAnnotations, ReadMpii, typeof(InvalidDataException)) { Types = [typeof(MpiiPersons)] },
        new("MATLAB's files", "gt_valid.mat",
            _ => ((string[])["mpii/gt_synth.mat", "mpii/gt_synth_compressed.mat"]).Select(name => Sample.Of(Golden(name))),
            path => MpiiTruth.Load(path), typeof(InvalidDataException))
        {
            Types = [typeof(MatFile), typeof(MpiiTruth)],
        },
        new("recorded poses", "lessons/mentor-maps/variant-0000-batch-0000000.safetensors", _ => [Sealed(PoseShard(), IsForm)], ReplayPoses,
            typeof(RecordingException), typeof(MentorException))
        {
            Types = [typeof(PoseStatement)], Subjects = ["mentor 'maps'", "Mentor 'maps' is"],
        },
    ];

    private static byte[] Golden(string name) => File.ReadAllBytes(GoldenFile.Path(name));

    private static readonly byte[] Detections = """
        [{"image_id":1,"category_id":1,"keypoints":[5,6,1,7.5,8,0.5],"score":0.9,"bbox":[1,2,30.5,40]},
         {"image_id":42.0,"category_id":1,"bbox":[],"keypoints":[1,2,3],"score":1e-3,"segmentation":[[1,2],{"a":"é\n"}]}]
        """u8.ToArray();

    private static readonly byte[] Boxes = """
        [{"image_id":1,"category_id":1,"score":0.9,"bbox":[1,2,30.5,40]}, {"bbox":[5,6,7,8],"category_id":3,"image_id":2,"score":1}]
        """u8.ToArray();

    private static IEnumerable<Sample> Annotations(string folder)
    {
        using var made = new TemporaryFolder();
        PersonCase.CocoFolder(made, PersonCase.Annotation(1), PersonCase.Annotation(2, image: 5), PersonCase.Annotation(3, v: 0));
        Directory.CreateDirectory(Path.Combine(folder, "part"));
        File.Copy(Path.Combine(made.Root, "part", "1.jpg"), Path.Combine(folder, "part", "1.jpg"));
        yield return File.ReadAllBytes(Path.Combine(made.Root, "annotations", "person_keypoints_part.json"));
        yield return """
            {"info":{"year":2026},"images":[{"id":1,"file_name":"1.jpg","width":40,"height":24}],"licenses":[],
             "annotations":[{"id":7,"image_id":1,"category_id":3,"num_keypoints":2,"iscrowd":0,"area":50.5,"bbox":[10,8,20,12],
               "keypoints":[11,9,2,12,10,1,0,0,0],"segmentation":[[1,2,3,4]]}],
             "categories":[{"id":3,"name":"person","supercategory":"being","keypoints":["nose","left_ear","right_ear"],
               "skeleton":[[1,2],[1,3]]},{"id":4,"name":"cat"}]}
            """u8.ToArray();
    }

    private static void ReadAnnotations(string path)
    {
        var file = CocoKeypoints.Load(path, areaFromBox: true);
        file.JointsOf();
        CocoPersons.Load(path, Path.GetFullPath(Path.Combine(path, "../../part")), BrokenSamples.Skip);
    }

    private static IEnumerable<Sample> MpiiAnnotations(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        File.WriteAllBytes(Path.Combine(folder, "images", "1.jpg"), []);
        var joints = string.Join(',', Enumerable.Range(0, 16).Select(i => $"[{10 + i}.5,{20 + i}]"));
        var seen = string.Join(',', Enumerable.Range(0, 16).Select(i => i % 5 == 0 ? 0 : 1));
        yield return System.Text.Encoding.UTF8.GetBytes(
            $$"""[{"image":"1.jpg","center":[30.5,40],"scale":0.25,"joints":[{{joints}}],"joints_vis":[{{seen}}]}]""");
    }

    private static void ReadMpii(string path)
    {
        var truth = MpiiTruth.Load(path);
        for (var person = 0; person < truth.Persons; person++)
            _ = (truth.IsLabeled(person, 15), truth.Position(person, 15), truth.HeadSize(person));
        MpiiPersons.Load(path, Path.GetFullPath(Path.Combine(path, "../images")), BrokenSamples.Skip);
    }

    private static readonly FirstBatch PoseLessons = new(SmallPoses.Data());

    private static byte[] PoseShard()
    {
        using var folder = new TemporaryFolder();
        manual_seed(5);
        using var mentor = new Mentor<PoseAnswer>("maps", SmallPoses.Maps(4, JointMap.CocoToMpii));
        RecordedLessons.Record(folder.Root, [mentor], PoseLessons.Data, new() { BatchesPerFile = 100 });
        return File.ReadAllBytes(Directory.GetFiles(Path.Combine(folder.Root, "mentor-maps")).Single());
    }

    private static bool IsForm(string name) => name is "answers.statement" or "answers.0.shape" or "answers.0.type" or "form" or "input";

    private static void ReplayPoses(string path)
    {
        var lessons = RecordedLessons.Open(Path.GetFullPath(Path.Combine(path, "../..")));
        using var mentor = lessons.CreatePoseMentor("maps");
        using var scope = NewDisposeScope();
        foreach (var batch in lessons.Replay(PoseLessons).Epoch(0))
            mentor.Answer(new MentorQuestion
            {
                Input = batch.Input, Number = batch.Number, Samples = batch.Samples, Variant = batch.Variant,
            }).Positions(soft: true);
    }

    /// <summary>Draws a batch once: a loader takes its time to begin.</summary>
    private sealed class FirstBatch(ITrainingData<PoseTarget> data) : ITrainingData<PoseTarget>
    {
        private TrainingBatch<PoseTarget>? first;

        public ITrainingData<PoseTarget> Data => data;

        public int BatchesPerEpoch => data.BatchesPerEpoch;

        public IReadOnlyDictionary<string, string> Fingerprint => data.Fingerprint;

        public IEnumerable<TrainingBatch<PoseTarget>> Epoch(int epoch, int firstBatch, CancellationToken cancellation)
        {
            foreach (var batch in first is null ? data.Epoch(epoch, firstBatch, cancellation) : [])
            {
                first = batch with { Input = batch.Input.clone().DetachFromDisposeScope() };
                break;
            }
            yield return first!.Value;
        }
    }
}
